/** Where the parts of the network's picture stand. */
import type { Layer } from "./experiment.ts";

/** The side of a neuron's picture, in pixels. */
export const SIDE = 38;

/** The most room between two neurons. */
const ROOM = 54;

/** The middle of a neuron or feature. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Columns of the picture from left to right: features, hidden layers, and the way out. */
export function spotsOf(counts: readonly number[], width: number, height: number): Spot[][] {
  const column = width / counts.length;
  return counts.map((count, i) => {
    const room = Math.min(ROOM, (height - SIDE) / Math.max(1, count - 1 || 1));
    const top = SIDE / 2 + 4;
    return Array.from({ length: count }, (_, k) => ({
      x: column * (i + 0.5),
      y: top + k * room,
    }));
  });
}

/** A wire of the picture with its weight. */
export interface Drawn {
  readonly layer: number;
  readonly to: number;
  readonly from: number;
  readonly weight: number;
  readonly path: string;
}

/** The wires between columns; those of the last layer end where the output is. */
export function wiresOf(layers: readonly Layer[], spots: Spot[][], end: Spot): Drawn[] {
  return layers.flatMap(({ weight, inputs }, layer) => {
    const targets = layer === layers.length - 1 ? [end] : spots[layer + 1]!;
    return Array.from(weight, (value, i) => {
      const [to, from] = [Math.floor(i / inputs), i % inputs];
      const [a, b] = [spots[layer]?.[from], targets[to]];
      const path = a && b ? curve(a, b, layer === layers.length - 1 ? 0 : SIDE / 2) : "";
      return { layer, to, from, weight: value, path };
    });
  });
}

function curve(a: Spot, b: Spot, gap: number): string {
  const [x1, x2] = [a.x + SIDE / 2, b.x - gap];
  const bend = (x2 - x1) / 2;
  const [y1, y2] = [a.y.toFixed(1), b.y.toFixed(1)];
  return `M${x1.toFixed(1)} ${y1}C${(x1 + bend).toFixed(1)} ${y1} ${(x2 - bend).toFixed(1)} ${y2} ${x2.toFixed(1)} ${y2}`;
}

/** The width of a wire in pixels. */
export function thickness(weight: number): number {
  return Number.isFinite(weight) ? Math.min(8, 0.8 + 1.6 * Math.abs(weight)) : 8;
}
