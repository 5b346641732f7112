/** The path of a curve, with no more points than one sees. */

/** The first, lowest, highest and last of the points in one column of pixels, in their order. */
function outline(ys: readonly number[]): readonly number[] {
  const last = ys.length - 1;
  let [low, high] = [0, 0];
  for (let i = 1; i <= last; i++) {
    if (ys[i]! < ys[low]!) low = i;
    if (ys[i]! > ys[high]!) high = i;
  }
  return [...new Set([0, Math.min(low, high), Math.max(low, high), last])];
}

/**
 * Draws a line through points in pixels. Of many points in one column of pixels four are drawn,
 * which look the same; where `y` is no number the line is broken.
 */
export function linePath(
  count: number,
  at: (i: number) => readonly [x: number, y: number],
): string {
  let path = "";
  let pen = "M";
  let [xs, ys]: [number[], number[]] = [[], []];
  const flush = (): void => {
    const kept = xs.length <= 4 ? xs.keys() : outline(ys);
    for (const i of kept) {
      path += `${pen}${xs[i]!.toFixed(1)} ${Math.max(-999, Math.min(9999, ys[i]!)).toFixed(1)}`;
      pen = "L";
    }
    [xs, ys] = [[], []];
  };
  for (let i = 0; i < count; i++) {
    const [x, y] = at(i);
    const broken = !Number.isFinite(y);
    if (xs.length > 0 && (broken || Math.floor(x) !== Math.floor(xs[0]!))) flush();
    if (broken) {
      pen = "M";
      continue;
    }
    xs.push(x);
    ys.push(y);
  }
  flush();
  return path;
}
