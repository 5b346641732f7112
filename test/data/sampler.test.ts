/** Samplers: what torch.utils.data's give, and orders that keep classes and groups. */
import { manualSeed, tensor } from "nabla";
import {
  BatchSampler,
  GroupSampler,
  RandomSampler,
  SequentialSampler,
  StratifiedSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from "nabla/data";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const sorted = (list: Iterable<number>): number[] => [...list].sort((a, b) => a - b);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("samplers", () => {
  test("in order, at random, of a part, again and again", () => {
    manualSeed(1);
    expect([...new SequentialSampler({ length: 3 })]).toEqual([0, 1, 2]);
    const random = new RandomSampler({ length: 50 });
    const [a, b] = [[...random], [...random]];
    expect([sorted(a), sorted(b)]).toEqual([upTo(50), upTo(50)]);
    expect(a).not.toEqual(b);
    manualSeed(1);
    expect([...random]).toEqual(a);
    const part = new SubsetRandomSampler([3, 5, 9, 11]);
    expect([part.length, sorted(part)]).toEqual([4, [3, 5, 9, 11]]);
    const more = [...new RandomSampler({ length: 3 }, { numSamples: 7 })];
    expect([sorted(more.slice(0, 3)), sorted(more.slice(3, 6))]).toEqual([upTo(3), upTo(3)]);
    expect(more.length).toBe(7);
    const again = [...new RandomSampler({ length: 3 }, { replacement: true, numSamples: 300 })];
    for (const i of upTo(3)) expect(again.filter((x) => x === i).length).toBeGreaterThan(60);
  });

  test("weights are probabilities, with replacement or without", () => {
    manualSeed(2);
    const weights = [0, 1, 3, 0, 6];
    const drawn = [...new WeightedRandomSampler(weights, 20_000)];
    const share = upTo(5).map((i) => drawn.filter((x) => x === i).length / 20_000);
    share.forEach((s, i) => expect(s).toBeCloseTo(weights[i]! / 10, 1));
    expect([share[0], share[3]]).toEqual([0, 0]);
    const once = new WeightedRandomSampler(weights, 3, { replacement: false });
    expect(sorted(once)).toEqual([1, 2, 4]);
    const first = Array.from({ length: 4000 }, () => [...once][0]!);
    expect(first.filter((x) => x === 4).length / 4000).toBeCloseTo(0.6, 1);
  });

  test("what cannot be drawn is refused", () => {
    expect(() => new WeightedRandomSampler([1, -1], 1)).toThrow("weight 1 is -1; need 0 or more");
    expect(() => new WeightedRandomSampler([1, NaN], 1)).toThrow("weight 1 is NaN");
    expect(() => new WeightedRandomSampler([0, 0], 1)).toThrow("0 have a weight above 0");
    expect(() => new WeightedRandomSampler([1, 0], 2, { replacement: false })).toThrow(
      "2 samples are to be drawn; 1 have a weight above 0, and each comes at most once",
    );
    expect(() => new WeightedRandomSampler([1], 1.5)).toThrow("numSamples is 1.5");
    expect(() => new RandomSampler([], { numSamples: 2 })).toThrow("there are no samples");
    expect(() => new BatchSampler(new SequentialSampler([1]), 0)).toThrow("batchSize is 0");
    expect(() => new StratifiedSampler([1, NaN])).toThrow("the label of sample 1 is NaN");
  });

  test("batches are those of PyTorch's documentation", () => {
    const ten = new SequentialSampler({ length: 10 });
    const batchesOf = (dropLast: boolean): number[][] =>
      [...new BatchSampler(ten, 3, dropLast)].map((batch) => [...batch]);
    expect(batchesOf(false)).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]); // prettier-ignore
    expect(batchesOf(true)).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8]]); // prettier-ignore
    expect(new BatchSampler(ten, 3).length).toBe(4);
    expect(new BatchSampler(ten, 3, true).length).toBe(3);
  });

  test("in every batch each class has its share, but for two samples", () => {
    const labels = fc.array(fc.constantFrom("a", "b", "b", "c", "c", "c", "c"), { minLength: 1 });
    const input = fc.record({ labels, size: fc.integer({ min: 1, max: 40 }), seed: fc.nat() });
    fc.assert(
      fc.property(input, ({ labels, size, seed }) => {
        manualSeed(seed);
        const sampler = new StratifiedSampler(labels);
        const batches = [...new BatchSampler(sampler, size)];
        expect(sorted(batches.flatMap((batch) => [...batch]))).toEqual(upTo(labels.length));
        for (const kind of ["a", "b", "c"]) {
          const share = labels.filter((label) => label === kind).length / labels.length;
          for (const batch of batches) {
            const found = batch.filter((i) => labels[i] === kind).length;
            expect(Math.abs(found - share * batch.length)).toBeLessThan(2);
          }
        }
      }),
    );
  });

  test("groups come one after another, whole, in an order of their own", () => {
    manualSeed(3);
    const groups = [7, 1, 7, 2, 1, 7, 9, 4];
    const sampler = new GroupSampler(tensor(Int32Array.from(groups)));
    const orders = Array.from({ length: 5 }, () => [...sampler]);
    for (const order of orders) {
      const seen = order.map((i) => groups[i]!).filter((g, i, all) => g !== all[i - 1]);
      expect(sorted(seen)).toEqual([1, 2, 4, 7, 9]);
      expect(order.filter((i) => groups[i] === 7)).toEqual([0, 2, 5]);
    }
    expect(new Set(orders.map(String)).size).toBeGreaterThan(1);
  });
});
