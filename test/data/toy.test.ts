/** Toy sets: ranges, labels and noise of the TensorFlow Playground. */
import { manualSeed, randomState } from "nabla";
import { toy } from "nabla/data";
import type { ToyOptions, ToySet } from "nabla/data";
import { describe, expect, test } from "vitest";

type Rows = [x: number, y: number, target: number][];

/** The rows of a set, in float32. */
function rows({ x, y }: ToySet): Rows {
  const [points, targets] = [x.toArraySync() as number[][], y.toArraySync() as number[][]];
  return points.map(([a, b], i) => [a!, b!, targets[i]![0]!]);
}

const { toy: sets } = { toy: Object.entries(toy) };
const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-5;
const share = (list: Rows, holds: (row: Rows[number]) => boolean): number =>
  list.filter(holds).length / list.length;
const mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
const variance = (list: number[]): number =>
  mean(list.map((v) => (v - mean(list)) * (v - mean(list))));

describe("every set", () => {
  test.each(sets)("%s has n rows, the bits of its seed, and moves on otherwise", (_, make) => {
    manualSeed(3);
    for (const n of [1, 2, 7, 100]) {
      const { x, y } = make(n, { noise: 0.1 });
      expect([x.shape, y.shape, x.dtype]).toEqual([[n, 2], [n, 1], "float32"]); // prettier-ignore
    }
    const before = randomState();
    const own = rows(make(20, { seed: 5, noise: 0.2 }));
    expect(randomState()).toEqual(before);
    manualSeed(5);
    expect(rows(make(20, { noise: 0.2 }))).toEqual(own);
    expect(rows(make(20, { noise: 0.2 }))).not.toEqual(own);
    for (const [a, b] of rows(make(400)))
      expect(Math.max(Math.abs(a), Math.abs(b))).toBeLessThan(6);
  });

  test.each(sets)("%s refuses what is no number of rows, no noise, no option", (name, make) => {
    expect(() => make(0)).toThrow(`toy.${name}: n is 0; need an integer from 1 on`);
    expect(() => make(10, { noise: -1 })).toThrow(`toy.${name}: noise is -1`);
    expect(() => make(10, { nois: 1 } as ToyOptions)).toThrow(
      `toy.${name}: there is no option "nois"`,
    );
    expect(() => make(10, { seed: -1 })).toThrow("the seed is -1");
  });

  test.each(["circle", "gauss", "spiral", "moons"] as const)(
    "%s has as many of each class",
    (name) => {
      const list = rows(toy[name](11, { seed: 1 }));
      expect(list.map(([, , y]) => y)).toEqual([1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1]);
    },
  );
});

describe("as the Playground's", () => {
  test("circle: a disc uniform in its radius, a ring, labels by distance", () => {
    const list = rows(toy.circle(4000, { seed: 1 }));
    const radii = list.map(([a, b]) => Math.hypot(a, b));
    expect(Math.max(...radii.slice(0, 2000))).toBeLessThan(2.5);
    expect(mean(radii.slice(0, 2000))).toBeCloseTo(1.25, 1);
    expect(Math.min(...radii.slice(2000))).toBeGreaterThan(3.5 - 1e-6);
    expect(mean(radii.slice(2000))).toBeCloseTo(4.25, 1);
    const noisy = rows(toy.circle(4000, { seed: 1, noise: 0.5 }));
    expect(noisy.map(([a, b]) => [a, b])).toEqual(list.map(([a, b]) => [a, b])); // labels move
    const moved = share(noisy, ([a, b, y]) => (y === 1) !== Math.hypot(a, b) < 2.5);
    expect(moved).toBeGreaterThan(0.08);
    expect(moved).toBeLessThan(0.25);
  });

  test("xor: ±0.3 to ±5.3, the sign of the product", () => {
    const list = rows(toy.xor(4000, { seed: 2 }));
    const sizes = list.flatMap(([a, b]) => [Math.abs(a), Math.abs(b)]);
    expect([Math.min(...sizes), Math.max(...sizes)].map((v) => Math.round(v * 10) / 10)).toEqual([
      0.3, 5.3,
    ]);
    expect(share(list, ([a, b, y]) => y === Math.sign(a * b))).toBe(1);
    const noisy = rows(toy.xor(4000, { seed: 2, noise: 0.5 }));
    expect(share(noisy, ([a, b, y]) => y === Math.sign(a * b))).toBeLessThan(0.9);
  });

  test.each([
    [0, 0.5],
    [0.25, 2.25],
    [0.5, 4],
  ])("gauss: noise %d is variance %d", (noise, wanted) => {
    // prettier-ignore
    const list = rows(toy.gauss(20_000, { seed: 3, noise }));
    for (const [half, centre] of [
      [list.slice(0, 10_000), 2],
      [list.slice(10_000), -2],
    ] as const) {
      // prettier-ignore
      for (const axis of [0, 1]) {
        const values = half.map((row) => row[axis]!);
        expect(Math.abs(mean(values) - centre)).toBeLessThan(0.08);
        expect(variance(values) / wanted).toBeCloseTo(1, 1);
      }
    }
  });

  test("spiral: r = 5 i / n, 1.75 turns, the second half a turn on", () => {
    const list = rows(toy.spiral(200));
    list.forEach(([a, b, y], k) => {
      const i = k % 100;
      const [r, t] = [(5 * i) / 100, (1.75 * 2 * Math.PI * i) / 100 + (k < 100 ? 0 : Math.PI)];
      expect(near(a, r * Math.sin(t)) && near(b, r * Math.cos(t)) && y === (k < 100 ? 1 : -1)).toBe(
        true,
      );
    });
    const noisy = rows(toy.spiral(200, { seed: 4, noise: 0.5 }));
    const moved = noisy.map(([a, b], k) =>
      Math.max(Math.abs(a - list[k]![0]), Math.abs(b - list[k]![1])),
    );
    expect(Math.max(...moved)).toBeLessThan(0.5);
    expect(Math.max(...moved)).toBeGreaterThan(0.45);
  });

  test("plane: (x + y) / 10, noise of ±6 n on each coordinate", () => {
    for (const [a, b, y] of rows(toy.plane(500, { seed: 5 })))
      expect(near(y, (a + b) / 10)).toBe(true);
    const off = rows(toy.plane(4000, { seed: 5, noise: 0.5 })).map(([a, b, y]) => y - (a + b) / 10);
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(0.6);
    expect(variance(off)).toBeCloseTo((2 * 3 * 3) / 3 / 100, 2);
  });

  test("multiGauss: six cones, the one that is furthest from 0", () => {
    const upper = [[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1]]; // prettier-ignore
    const centres = [...upper, ...upper.map(([x, z, sign]) => [x!, -z!, -sign!])];
    const list = rows(toy.multiGauss(2000, { seed: 6 }));
    for (const [a, b, y] of list) {
      const found = centres.map(
        ([x, z, sign]) => sign! * Math.max(0, 1 - Math.hypot(a - x!, b - z!) / 2),
      );
      expect(
        near(
          y,
          found.reduce((p, q) => (Math.abs(q) > Math.abs(p) ? q : p), 0),
        ),
      ).toBe(true);
    }
    expect(Math.max(...list.map(([, , y]) => y))).toBeGreaterThan(0.9);
    expect(Math.min(...list.map(([, , y]) => y))).toBeLessThan(-0.9);
  });
});

test("line: above the diagonal or below", () => {
  expect(share(rows(toy.line(500, { seed: 7 })), ([a, b, y]) => y === Math.sign(a + b))).toBe(1);
  const right = share(
    rows(toy.line(2000, { seed: 7, noise: 0.5 })),
    ([a, b, y]) => y === Math.sign(a + b),
  );
  expect(right).toBeGreaterThan(0.7);
  expect(right).toBeLessThan(0.97);
});

test("moons: scikit-learn's, first outer then inner", () => {
  const list = rows(toy.moons(10));
  list.forEach(([a, b, y], k) => {
    const t = (Math.PI * (k % 5)) / 4;
    const [x, z] = k < 5 ? [Math.cos(t), Math.sin(t)] : [1 - Math.cos(t), 0.5 - Math.sin(t)];
    expect(near(a, x) && near(b, z) && y === (k < 5 ? 1 : -1)).toBe(true);
  });
  const clear = rows(toy.moons(5000, { seed: 8 }));
  const off = rows(toy.moons(5000, { seed: 8, noise: 0.2 })).map(([a], k) => a - clear[k]![0]);
  expect(Math.sqrt(variance(off))).toBeCloseTo(0.2, 2);
});

test("the bits of a seed stay", () => {
  manualSeed(42);
  const first = sets.map(([, make]) =>
    rows(make(6, { noise: 0.1 }))
      .at(-1)!
      .map((v) => v.toFixed(6)),
  );
  expect(Object.fromEntries(sets.map(([name], k) => [name, first[k]!.join(" ")])))
    .toMatchInlineSnapshot(`
    {
      "circle": "2.686728 -3.520120 -1.000000",
      "gauss": "-1.161177 -1.400958 -1.000000",
      "line": "-1.157815 -3.584870 -1.000000",
      "moons": "1.976723 0.486672 -1.000000",
      "multiGauss": "-1.816785 5.363440 0.000000",
      "plane": "-3.952245 -0.993259 -0.449947",
      "spiral": "-2.986138 -1.595007 -1.000000",
      "xor": "-2.473476 2.036383 -1.000000",
    }
  `);
});
