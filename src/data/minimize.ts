/** Finds the minimum of a smooth function of many numbers, in float64: L-BFGS. */

/** Returns the value at a point and writes the gradient there. */
export type Slope = (point: Float64Array, gradient: Float64Array) => number;

/** When the search ends. */
export interface MinimizeOptions {
  /** So many steps at most; default: 200. */
  readonly steps?: number;
  /** Where no component of the gradient is larger; default: 1e-6. */
  readonly tolerance?: number;
}

const MEMORY = 10;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** Walks from a point down to where the slope is flat; returns where it ended. */
export function minimize(
  slope: Slope,
  start: Float64Array,
  { steps = 200, tolerance = 1e-6 }: MinimizeOptions = {},
): Float64Array {
  let point = start.slice();
  let gradient = new Float64Array(point.length);
  let value = slope(point, gradient);
  const memory: Pair[] = [];
  for (let k = 0; k < steps && largest(gradient) > tolerance; k++) {
    const way = direction(gradient, memory);
    const next = search(slope, { point, gradient, value }, way, k === 0);
    if (next === undefined) break;
    const step = next.point.map((x, i) => x - point[i]!);
    const change = next.gradient.map((g, i) => g - gradient[i]!);
    const curvature = dot(step, change);
    if (curvature > 1e-14 * dot(change, change)) memory.push({ step, change, curvature });
    if (memory.length > MEMORY) memory.shift();
    ({ point, gradient, value } = next);
  }
  return point;
}

interface Place {
  readonly point: Float64Array<ArrayBuffer>;
  readonly gradient: Float64Array<ArrayBuffer>;
  readonly value: number;
}

/** The downward direction that the remembered steps make of a gradient. */
function direction(gradient: Float64Array, memory: readonly Pair[]): Float64Array {
  const way = gradient.map((g) => -g);
  const shares = memory.map(() => 0);
  for (let m = memory.length - 1; m >= 0; m--) {
    const { step, change, curvature } = memory[m]!;
    shares[m] = dot(step, way) / curvature;
    add(way, change, -shares[m]!);
  }
  const last = memory.at(-1);
  if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change);
    way.forEach((x, i) => (way[i] = x * scale));
  }
  memory.forEach(({ step, change, curvature }, m) => {
    add(way, step, shares[m]! - dot(change, way) / curvature);
  });
  return way;
}

/** Halves the step until the value falls as the slope promises; undefined where it never does. */
function search(slope: Slope, from: Place, way: Float64Array, first: boolean): Place | undefined {
  const fall = dot(from.gradient, way);
  if (!(fall < 0)) return undefined;
  const gradient = new Float64Array(way.length);
  let length = first ? Math.min(1, 1 / Math.sqrt(dot(way, way))) : 1;
  for (let tries = 0; tries < 40; tries++, length /= 2) {
    const point = from.point.map((x, i) => x + length * way[i]!);
    const value = slope(point, gradient);
    if (value <= from.value + 1e-4 * length * fall) return { point, gradient, value };
  }
  return undefined;
}

function add(to: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * values[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
