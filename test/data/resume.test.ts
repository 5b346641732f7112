/** A loader goes on where it was, and one of promises keeps order, tells errors, stops at once. */
import type { Tensor } from "nabla";
import { arange, manualSeed, rand, randomState, setRandomState, tensor } from "nabla";
import type { LoaderOptions, LoaderState, Sampler } from "nabla/data";
import { BatchSampler, DataLoader, GroupSampler, TensorDataset } from "nabla/data";
import { StratifiedSampler, WeightedRandomSampler } from "nabla/data";
import { describe, expect, expectTypeOf, test } from "vitest";

type Options = LoaderOptions<[Tensor], [Tensor]>;

const data = new TensorDataset(arange(23, { dtype: "int32" }));
const kinds = Array.from({ length: 23 }, (_, i) => i % 3);
const values = ([x]: readonly Tensor[]): number[] => x!.toArraySync() as number[];
const copy = <T>(state: T): T => JSON.parse(JSON.stringify(state)) as T;

const weighted = (): Sampler => new WeightedRandomSampler(kinds, 30);
const cases: Readonly<Record<string, () => Options>> = {
  "in order": () => ({ batchSize: 4 }),
  shuffled: () => ({ batchSize: 4, shuffle: true, dropLast: true }),
  weighted: () => ({ batchSize: 7, sampler: weighted() }),
  stratified: () => ({ batchSize: 5, sampler: new StratifiedSampler(kinds) }),
  "in batches": () => ({ batchSampler: new BatchSampler(new GroupSampler(kinds), 6) }),
};

describe.each(Object.entries(cases))("%s", (_, options) => {
  /** Walks through three epochs; others draw random numbers in between, as dropout would. */
  const walk = (loader: DataLoader<[Tensor], [Tensor]>, until = Infinity): number[][] => {
    const seen: number[][] = [];
    while (loader.stateDict().epoch < 3) {
      const { epoch } = loader.stateDict();
      for (const batch of loader) {
        seen.push([...values(batch), rand([1]).itemSync()]);
        if (seen.length === until) return seen;
      }
      if (epoch === 2) break;
    }
    return seen;
  };

  test("goes on after any batch, with the same bits", () => {
    manualSeed(8);
    const whole = walk(new DataLoader(data, options()));
    expect(whole.length).toBe(3 * new DataLoader(data, options()).length);
    for (let stop = 1; stop <= whole.length; stop++) {
      manualSeed(8);
      const loader = new DataLoader(data, options());
      const before = walk(loader, stop);
      const saved = copy({ loader: loader.stateDict(), random: randomState() });
      manualSeed(99);
      const later = new DataLoader(data, options());
      later.loadStateDict(saved.loader);
      expect(later.stateDict()).toEqual(saved.loader);
      setRandomState(saved.random);
      expect([...before, ...walk(later)], `after ${stop}`).toEqual(whole);
    }
  });
});

describe("the state", () => {
  const options = { batchSize: 10, shuffle: true } as const;

  test("says which epoch and how many of its batches were given", () => {
    const loader = new DataLoader(data, options);
    const where = (): number[] => [loader.stateDict().epoch, loader.stateDict().position];
    const seen = [where()];
    for (const _ of loader) seen.push(where());
    seen.push(where());
    for (const _ of loader) break;
    seen.push(where());
    for (const _ of loader) break;
    seen.push(where());
    expect(seen.map(String)).toEqual(["0,0", "0,1", "0,2", "0,3", "1,0", "1,1", "2,1"]);
  });

  test("after the last batch leaves nothing of that epoch", () => {
    const loader = new DataLoader(data, options);
    let last: LoaderState | undefined;
    for (const _ of loader) last = loader.stateDict();
    const later = new DataLoader(data, options);
    later.loadStateDict(last!);
    expect([...later]).toEqual([]);
    expect([later.stateDict().epoch, [...later].length]).toEqual([1, 3]);
  });

  test("leaves the random numbers of the present as they are", () => {
    manualSeed(5);
    const loader = new DataLoader(data, options);
    for (const _ of loader) break;
    const later = new DataLoader(data, options);
    later.loadStateDict(loader.stateDict());
    manualSeed(77);
    expect([...later].length).toBe(2);
    expect(randomState()).toEqual({ seed: 77, draws: 0 });
  });

  test("of other data, other batches, or damaged is refused", () => {
    const loader = new DataLoader(data, options);
    for (const _ of loader) break;
    const good = loader.stateDict();
    const refused = (state: object, message: string): void => {
      expect(() => loader.loadStateDict(state as LoaderState)).toThrow(message);
      expect(loader.stateDict()).toEqual(good);
    };
    refused({ ...good, samples: 24 }, "it has 24 samples, here are 23");
    refused({ ...good, batches: 12 }, "it has 12 batches, here are 3");
    refused({ ...good, position: 4 }, "position is beyond the last batch");
    refused({ ...good, draws: -1 }, "draws is -1");
    refused({ ...good, epoch: "1" }, "epoch is 1");
    refused({ ...good, sed: 1 }, 'unknown key "sed" (seed?)');
    refused({}, "seed is undefined");
  });
});

describe("samplers of a loader", () => {
  test("decide samples and length", () => {
    const own = { length: 5, [Symbol.iterator]: () => [4, 4, 0, 1, 2].values() };
    const sampler = new BatchSampler(own, 2);
    const loader = new DataLoader(data, { batchSampler: sampler });
    expect(loader.length).toBe(3);
    expect([...loader].map(values)).toEqual([[4, 4], [0, 1], [2]]); // prettier-ignore
  });

  test("that are wrong, or are two, are refused", () => {
    const sampler = { length: 2, [Symbol.iterator]: () => [3, 23].values() };
    expect(() => [...new DataLoader(data, { sampler })]).toThrow(
      "the sampler gives sample 23; there are 23, from 0 on",
    );
    expect(() => new DataLoader(data, { sampler, shuffle: true })).toThrow(
      "sampler and shuffle are both given",
    );
    const batchSampler = new BatchSampler(sampler, 2);
    expect(() => new DataLoader(data, { batchSampler, batchSize: 2 })).toThrow(
      "batchSampler and batchSize are both given; batchSampler decides it alone",
    );
    expect(() => new DataLoader(data, { prefetch: -1 })).toThrow("prefetch is -1");
  });
});

describe("samples that are promises", () => {
  const delay = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
  /** Ten samples that arrive in no order; counts those under way. */
  const slow = (fails = -1) => {
    const state = { asked: 0, most: 0, running: 0 };
    const dataset = {
      length: 10,
      async at(i: number): Promise<[Tensor, number]> {
        state.asked++;
        state.most = Math.max(state.most, ++state.running);
        await delay((i * 7) % 5);
        state.running--;
        if (i === fails) throw new Error(`sample ${i} is broken`);
        return [tensor([i, i]), i];
      },
    };
    return { dataset, state };
  };

  test.each([0, 1, 3, 100])("come in order with prefetch %i", async (prefetch) => {
    const { dataset, state } = slow();
    const seen: number[] = [];
    for await (const [x, y] of new DataLoader(dataset, { batchSize: 2, prefetch })) {
      expectTypeOf(y).toEqualTypeOf<Tensor>();
      expect(x.shape).toEqual([2, 2]);
      seen.push(...(y.toArraySync() as number[]));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([state.asked, state.running]).toEqual([10, 0]);
    expect(state.most).toBe(Math.min(10, 2 * (prefetch + 1)));
  });

  test("are asked for ahead while a batch is in use, and no further", async () => {
    const { dataset, state } = slow();
    for await (const _ of new DataLoader(dataset, { batchSize: 2, prefetch: 2 })) {
      await delay(20);
      expect(state.asked).toBe(6);
      break;
    }
    await delay(20);
    expect([state.asked, state.running]).toEqual([6, 0]); // a loop that is left asks for no more
  });

  test("fail when their batch is due; others are told to nobody", async () => {
    const unheard: unknown[] = [];
    const listen = (reason: unknown): void => void unheard.push(reason);
    process.on("unhandledRejection", listen);
    const { dataset } = slow(7);
    const seen: number[] = [];
    const loader = new DataLoader(dataset, { batchSize: 2, prefetch: 4 });
    const run = async (): Promise<void> => {
      for await (const [, y] of loader) seen.push(...(y.toArraySync() as number[]));
    };
    await expect(run()).rejects.toThrow("sample 7 is broken");
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    expect(loader.stateDict().position).toBe(3);
    for await (const _ of loader) break; // left while sample 7 is under way
    await delay(30);
    process.off("unhandledRejection", listen);
    expect(unheard).toEqual([]);
  });

  test("go on after a resume, and from collateFn and batch", async () => {
    manualSeed(2);
    const options = { batchSize: 3, shuffle: true, prefetch: 2 };
    const collect = async (loader: DataLoader<Promise<[Tensor, number]>>): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for await (const [, y] of loader) seen.push(y.toArraySync());
      return seen;
    };
    const loader = new DataLoader(slow().dataset, options);
    const state: LoaderState[] = [];
    const whole: unknown[] = [];
    for await (const [, y] of loader) {
      whole.push(y.toArraySync());
      state.push(copy(loader.stateDict()));
    }
    for (const [k, saved] of state.entries()) {
      const later = new DataLoader(slow().dataset, options);
      later.loadStateDict(saved);
      expect(await collect(later)).toEqual(whole.slice(k + 1));
    }
    const collateFn = (batch: [Tensor, number][]): number => batch.length;
    const sizes: number[] = [];
    const counting = new DataLoader(slow().dataset, { batchSize: 4, collateFn });
    for await (const n of counting) sizes.push(n);
    expect(sizes).toEqual([4, 4, 2]);
    const batch = async (i: Int32Array): Promise<[Tensor, Tensor]> => [tensor(i), tensor(i)];
    const batched = new DataLoader({ ...slow().dataset, batch }, { batchSize: 8 });
    expect(await collect(batched)).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], [8, 9]]); // prettier-ignore
  });

  test("need for await; plain data sets may have it", async () => {
    expect(() => [...new DataLoader(slow().dataset)]).toThrow("need for await (const batch of");
    const seen: number[][] = [];
    for await (const batch of new DataLoader(data, { batchSize: 20 })) seen.push(values(batch));
    expect(seen.map((batch) => batch.length)).toEqual([20, 3]);
  });
});
