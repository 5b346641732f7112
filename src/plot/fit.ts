/** What pictures of a fit share: which rows are drawn, how, and the curves through them. */
import type { Panel, PanelOptions, Series, SeriesStyle } from "./series.ts";
import { line, PALETTE, panel } from "./series.ts";

const [BLUE, ORANGE] = [PALETTE[0]!, PALETTE[1]!];
/** More rows than these are drawn in part, evenly chosen: a picture has to stay small. */
const MOST_ROWS = 2000;
const DENSE = 200;
/** More targets than these are not drawn. */
export const MOST_TARGETS = 4;

/** Chooses the rows that are drawn, by their number. */
export function rowsShown(rows: number): (row: number) => boolean {
  const stride = Math.ceil(rows / MOST_ROWS);
  return (row) => row % stride === 0;
}

/** Returns the radius of so many points, so that many stay apart. */
export function pointWidth(rows: number): number {
  return rows > DENSE ? 1.8 : 3.2;
}

/** Returns how data look behind or before curves: rings, or small points in `color` if many. */
export function dataLook(rows: number, color: string): SeriesStyle {
  return rows > DENSE ? { color, width: 1.6 } : { hollow: true };
}

/** A network and a polynomial along one input. */
export interface Curves {
  readonly x: ArrayLike<number>;
  readonly network: ArrayLike<number>;
  readonly polynomial: ArrayLike<number>;
  /** What polynomial it is: a line, a cubic polynomial. */
  readonly degree: string;
}

/** Makes a panel of the curves and the data; `rows` data points, if many, lie behind. */
export function curvePanel(
  { x, network, polynomial, degree }: Curves,
  data: readonly Series[],
  rows: number,
  options: PanelOptions,
): Panel {
  const curves = [
    line(x, polynomial, { label: degree, color: ORANGE, dashed: true }),
    line(x, network, { label: "network", color: BLUE }),
  ];
  return panel(rows > DENSE ? [...data, ...curves] : [...curves, ...data], options);
}
