/** The points that the network of the home page learns. */
export type HomeSettings = {
  /** Heights of the points, at the places `PLACES`. */
  readonly heights: readonly number[];
  /** The place that is pointed at: the network's answer there is shown. */
  readonly at: number;
};

/** Where the points stand. */
export const PLACES: readonly number[] = Array.from({ length: 25 }, (_, i) => i / 12 - 1);

const HILL = [0.2, 0.32, 0.4, 0.42, 0.38, 0.28, 0.13, -0.04, -0.2, -0.33, -0.4, -0.41, -0.43];

/** A gentle wave to begin with. */
export const DEFAULTS: HomeSettings = {
  heights: PLACES.map((_, i) => HILL[Math.min(i, 24 - i)]!),
  at: 0,
};

/** Bends the wave towards a point: the nearer, the more. */
export function bend(x: number, y: number): number[] {
  return PLACES.map((place, i) => {
    const distance = (place - x) / 0.22;
    const pull = 1 / (1 + distance * distance * distance * distance);
    return DEFAULTS.heights[i]! * (1 - pull) + y * pull;
  });
}
