/** Data sets and loaders: what PyTorch's torch.utils.data gives for the same calls. */
import type { Tensor } from "nabla";
import { arange, compile, manualSeed, nn, optim, randn, tensor } from "nabla";
import { collate, DataLoader, randomSplit, Subset, TensorDataset } from "nabla/data";
import { describe, expect, expectTypeOf, test } from "vitest";

const rows = (n: number): TensorDataset<[Tensor, Tensor]> =>
  new TensorDataset(arange(2 * n).reshape([n, 2]), arange(n, { dtype: "int32" }));

const labelsOf = (loader: Iterable<readonly Tensor[]>): number[][] =>
  [...loader].map(([, y]) => y!.toArraySync() as number[]);

describe("DataLoader", () => {
  test("gives batches in order, the last one smaller", () => {
    const loader = new DataLoader(rows(5), { batchSize: 2 });
    expect(loader.length).toBe(3);
    const batches = [...loader].map(([x, y]) => [x.toArraySync(), y.toArraySync()]);
    expect(batches).toEqual([
      [[[0, 1], [2, 3]], [0, 1]], // prettier-ignore
      [[[4, 5], [6, 7]], [2, 3]], // prettier-ignore
      [[[8, 9]], [4]],
    ]);
    expect([...new DataLoader(rows(5))].length).toBe(5);
  });

  test("leaves a smaller last batch out where it is told to", () => {
    const loader = new DataLoader(rows(5), { batchSize: 2, dropLast: true });
    expect([loader.length, labelsOf(loader)]).toEqual([2, [[0, 1], [2, 3]]]); // prettier-ignore
    expect(new DataLoader(rows(4), { batchSize: 2, dropLast: true }).length).toBe(2);
  });

  test("shuffles each epoch anew, every sample once, its parts together, by the seed", () => {
    const epochs = (): number[][][] => {
      manualSeed(3);
      const loader = new DataLoader(rows(100), { batchSize: 30, shuffle: true });
      for (const [x, y] of loader) {
        expect(x.select(1, 0).toArraySync()).toEqual(y.mul(2).toArraySync());
      }
      return [labelsOf(loader), labelsOf(loader)];
    };
    const [first, second] = epochs();
    expect(first!.map((batch) => batch.length)).toEqual([30, 30, 30, 10]);
    const sorted = (batches: number[][]): number[] => batches.flat().sort((a, b) => a - b);
    expect(sorted(first!)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(sorted(second!)).toEqual(sorted(first!));
    expect(first!.flat()).not.toEqual(second!.flat());
    expect(first!.flat()).not.toEqual(sorted(first!));
    expect(epochs()).toEqual([first, second]);
  });

  test("two loops at once do not disturb each other", () => {
    const loader = new DataLoader(rows(4), { shuffle: true });
    const [a, b] = [loader[Symbol.iterator](), loader[Symbol.iterator]()];
    const seen: number[][] = [[], []];
    for (let i = 0; i < 4; i++) {
      [a, b].forEach((loop, k) => seen[k]!.push(loop.next().value![1].itemSync()));
    }
    expect(seen.map((labels) => labels.sort())).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });

  test("takes an array of samples, and a data set of one's own", () => {
    const samples = [0, 1, 2].map((i) => ({ x: tensor([i, i]), label: i, odd: i % 2 === 1 }));
    const [first, last] = [...new DataLoader(samples, { batchSize: 2 })];
    expect(first!.x.toArraySync()).toEqual([[0, 0], [1, 1]]); // prettier-ignore
    expect(first!.label.toArraySync()).toEqual([0, 1]);
    expect([first!.odd.dtype, first!.odd.toArraySync()]).toEqual(["bool", [false, true]]);
    expect(last!.x.shape).toEqual([1, 2]);
    const squares = { length: 3, at: (i: number): [Tensor, number] => [tensor(i), i * i] };
    const batches = [...new DataLoader(squares, { batchSize: 3 })];
    expectTypeOf(batches[0]![1]).toEqualTypeOf<Tensor>();
    expect(batches.map(([x, y]) => [x.toArraySync(), y.toArraySync()])).toEqual([
      [[0, 1, 2], [0, 1, 4]], // prettier-ignore
    ]);
  });

  test("collateFn makes batches of anything", () => {
    const words = ["a", "bcd", "ef"];
    const longest = (batch: string[]): number => Math.max(...batch.map((w) => w.length));
    expect([...new DataLoader(words, { batchSize: 2, collateFn: longest })]).toEqual([3, 2]);
    expect(() => [...new DataLoader(words)]).toThrow(/collate: a sample is a; .*collateFn/s);
  });

  test("no samples are no batches", () => {
    expect([...new DataLoader(rows(0), { batchSize: 4, shuffle: true })]).toEqual([]);
  });

  test("refuses a batch size that is none and options that do not exist", () => {
    const none = { batchSize: 0 };
    expect(() => new DataLoader(rows(3), none)).toThrow(/batchSize is 0; need an integer/);
    expect(() => new DataLoader(rows(3), { batchSize: 1.5 })).toThrow(/batchSize is 1.5/);
    const wrong = { batch_size: 2 } as object;
    expect(() => new DataLoader(rows(3), wrong)).toThrow(/no option "batch_size" \(batchSize\?\)/);
  });

  test("feeds a compiled step: one program for full batches, one for the last", () => {
    manualSeed(1);
    const x = randn([70, 2]);
    const data = new TensorDataset(x, x.sum(1, { keepdim: true }));
    const model = new nn.Linear(2, 1);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.2 });
    const step = compile((x: Tensor, y: Tensor) => {
      const loss = nn.functional.mseLoss(model.forward(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    let last = NaN;
    for (let epoch = 0; epoch < 20; epoch++) {
      for (const [bx, by] of new DataLoader(data, { batchSize: 32, shuffle: true })) {
        last = step(bx, by).itemSync();
      }
    }
    expect(last).toBeLessThan(1e-6);
    expect(step.stats.misses).toBe(2);
  });
});

describe("parts of a data set", () => {
  test("randomSplit shares the samples out, each once, by the seed", () => {
    manualSeed(5);
    const parts = randomSplit(rows(10), [7, 3]);
    expect(parts.map((part) => part.length)).toEqual([7, 3]);
    const all = parts.flatMap((part) => [...part.indices]);
    expect([...all].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(all).not.toEqual([...all].sort((a, b) => a - b));
    manualSeed(5);
    expect(randomSplit(rows(10), [0.7, 0.3]).flatMap((part) => [...part.indices])).toEqual(all);
    const labels = labelsOf(new DataLoader(parts[1]!, { batchSize: 3 }));
    expect(labels).toEqual([[...parts[1]!.indices]]);
    expect(parts[1]!.at(1)![1].itemSync()).toBe(parts[1]!.indices[1]);
  });

  test("fractions are rounded as PyTorch rounds them", () => {
    const counts = (n: number, parts: number[]): number[] =>
      randomSplit(rows(n), parts).map((part) => part.length);
    expect(counts(11, [0.5, 0.25, 0.25])).toEqual([6, 3, 2]);
    expect(counts(3, [0.5, 0.5])).toEqual([2, 1]);
    expect(counts(1, [0.9, 0.1])).toEqual([1, 0]);
  });

  test("what does not add up is refused", () => {
    expect(() => randomSplit(rows(10), [7, 4])).toThrow("7 + 4 is 11; need lengths that sum to 10");
    expect(() => randomSplit(rows(10), [0.5, 0.4])).toThrow(/fractions that sum to 1/);
    expect(() => randomSplit(rows(10), [-1, 11])).toThrow(/randomSplit/);
    expect(() => new Subset(rows(3), [0, 3])).toThrow(/no sample 3; the data set has 3/);
    expect(() => new TensorDataset(arange(3), arange(4))).toThrow(/\[3\], \[4\].*as many rows/);
    expect(() => new TensorDataset()).toThrow(/the tensors are none/);
  });

  test("collate stacks tensors, however they are nested", () => {
    const batch = collate([[tensor([1]), { y: 2 }] as const, [tensor([3]), { y: 4 }] as const]);
    expect(batch[0].toArraySync()).toEqual([[1], [3]]);
    expect(batch[1].y.toArraySync()).toEqual([2, 4]);
  });
});
