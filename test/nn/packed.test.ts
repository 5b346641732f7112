/** Packed sequences: PyTorch's layout and values, recurrent layers, compile, errors. */
import { arange, compile, manualSeed, nn, ones, randn, tensor, zeros } from "nabla";
import type { Tensor } from "nabla";
import { functionalCall } from "nabla/func";
import { describe, expect, it } from "vitest";
import type { Run } from "../golden/more.ts";
import { compiledProblems, gradientCases, moreProblems, readMore } from "../golden/more.ts";
import { bitsOf } from "../support/tensors.ts";

const R = nn.utils.rnn;

interface Settings {
  readonly kind: "RNN" | "LSTM" | "GRU";
  readonly lengths: readonly number[];
  readonly names: readonly string[];
  readonly states: number;
  readonly sorted: boolean;
  readonly options: { readonly batchFirst?: boolean };
}

const run: Run = ({ settings }, [x, ...tensors]) => {
  const given = settings as unknown as Settings;
  const { kind, lengths, names, states, sorted, options } = given;
  const module = new nn[kind](3, 2, options);
  const first = tensors.slice(0, states);
  const hx = states === 0 ? null : states === 1 ? first[0]! : first;
  const weights = Object.fromEntries(names.map((name, i) => [name, tensors[states + i]!]));
  const { batchFirst = false } = options;
  const packed = R.packPaddedSequence(x!, lengths, { batchFirst, enforceSorted: sorted });
  const call = module as nn.Module & {
    forward(...args: unknown[]): [nn.utils.rnn.PackedSequence, Tensor | Tensor[]];
  };
  const [y, last] = functionalCall(call, weights, [packed, hx]);
  const [padded, back] = R.padPackedSequence(y, { batchFirst });
  expect(back).toEqual(lengths);
  return [padded, y.data, ...[last].flat()];
};

const cases = readMore("packed");

it("give PyTorch's outputs, last states and gradients", () => {
  expect(cases.length).toBe(9);
  expect(gradientCases(cases)).toBe(9);
  const exact = { rtol: 1e-11, atol: 1e-13 };
  const near = { rtol: 1e-4, atol: 1e-5 };
  expect([
    ...cases.flatMap((c) => moreProblems(c, run, "float64", exact)),
    ...cases.flatMap((c) => moreProblems(c, run, "float32", near)),
  ]).toEqual([]);
});

/** The layer is made outside, since parameters are drawn on the host. */
it("compile to the same bits", { timeout: 120_000 }, () => {
  const layers = { RNN: new nn.RNN(3, 2), LSTM: new nn.LSTM(3, 2), GRU: new nn.GRU(3, 2) };
  const plain: Run = ({ settings }, [x]) => {
    const { kind, lengths, sorted } = settings as unknown as Settings;
    const packed = R.packPaddedSequence(x!, lengths, { enforceSorted: sorted });
    const [y, last] = layers[kind].forward(packed);
    return [R.padPackedSequence(y, { totalLength: 6, paddingValue: 2 })[0], ...[last].flat()];
  };
  const timeFirst = cases.filter(({ inputs }) => inputs[0]!.shape[0] === 4);
  const own = timeFirst.map((c) => ({ ...c, inputs: c.inputs.slice(0, 1) }));
  expect(own.length).toBe(6);
  expect(own.flatMap((c) => compiledProblems(c, plain))).toEqual([]);
});

describe("packing", () => {
  const x = arange(24).reshape([4, 3, 2]);

  it("lays elements as PyTorch does", () => {
    const packed = R.packPaddedSequence(x, [2, 4, 1], { enforceSorted: false });
    expect(packed.data.toArraySync()).toEqual([
      [2, 3],
      [0, 1],
      [4, 5],
      [8, 9],
      [6, 7],
      [14, 15],
      [20, 21],
    ]);
    expect([packed.batchSizes, packed.sortedIndices]).toEqual([
      [3, 2, 1, 1],
      [1, 0, 2],
    ]);
    expect(packed.unsortedIndices).toEqual([1, 0, 2]);
    const [padded, lengths] = R.padPackedSequence(packed, { paddingValue: -1, totalLength: 5 });
    expect([padded.shape, lengths]).toEqual([[5, 3, 2], [2, 4, 1]]); // prettier-ignore
    expect(padded.select(1, 0).toArraySync()).toEqual([
      [0, 1],
      [6, 7],
      [-1, -1],
      [-1, -1],
      [-1, -1],
    ]);
    const sorted = R.packPaddedSequence(x, tensor([3, 2, 1], { dtype: "int32" }));
    expect([sorted.batchSizes, sorted.sortedIndices]).toEqual([[3, 2, 1], null]);
  });

  it("lists of sequences are padded, packed and cut again", () => {
    const list = [ones([1, 2]), zeros([3, 2]), ones([2, 2]).mul(5)];
    expect(R.padSequence(list).shape).toEqual([3, 3, 2]);
    const rows = R.padSequence([ones([2]), ones([1])], { batchFirst: true, paddingValue: 7 });
    expect(rows.toArraySync()).toEqual([[1, 1], [1, 7]]); // prettier-ignore
    const packed = R.packSequence(list, { enforceSorted: false });
    expect(R.unpackSequence(packed).map((t) => t.toArraySync())).toEqual(
      list.map((t) => t.toArraySync()),
    );
    const again = R.unpadSequence(R.padSequence(list, { batchFirst: true }), [1, 3, 2], {
      batchFirst: true,
    });
    expect(again.map(({ shape }) => shape)).toEqual([[1, 2], [3, 2], [2, 2]]); // prettier-ignore
  });

  it("padding has no part: neither in outputs nor in gradients", async () => {
    manualSeed(1);
    const layer = new nn.GRU(2, 3, { bidirectional: true });
    const last = (input: Tensor): Tensor =>
      layer.forward(R.packPaddedSequence(input, [2, 4, 1], { enforceSorted: false }))[1];
    const mask = tensor([
      [1, 1, 1],
      [1, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]).unsqueeze(2);
    const noisy = x
      .mul(mask)
      .add(randn(x.shape).mul(mask.neg().add(1)))
      .requireGrad();
    expect(bitsOf(last(noisy))).toBe(bitsOf(last(x.mul(mask))));
    last(noisy).sum().backward();
    const outside = noisy.grad!.mul(mask.neg().add(1)).abs().max();
    expect(await outside.item()).toBe(0);
  });
});

describe("errors", () => {
  const x = zeros([4, 2, 3]);
  const layer = new nn.RNN(3, 2);
  const packed = R.packPaddedSequence(x, [4, 2]);
  it.each([
    [() => R.packPaddedSequence(x, [2, 4]), "the lengths [2, 4] rise; sort them, or give"],
    [() => R.packPaddedSequence(x, [4]), "the lengths are [4]; need 2 integers from 1 on."],
    [() => R.packPaddedSequence(x, [4, 0]), "the lengths are [4, 0]; need 2 integers from 1 on."],
    [() => R.packPaddedSequence(x, [5, 4]), "a length is 5; the input has 4 steps."],
    [() => R.packPaddedSequence(zeros([3]), [1]), "the input is [3]; need [T, N, …]."],
    [() => R.padPackedSequence(packed, { totalLength: 3 }), "totalLength is 3; need at least"],
    [() => R.padSequence([]), "padSequence: the list is empty"],
    [() => R.padSequence([zeros([2, 3]), zeros([2, 4])]), "a sequence is [2, 4]; need [L, …], as"],
    [() => R.packSequence([tensor(1)]), "packSequence: a sequence is []; need [L, …]"],
    [() => new R.PackedSequence(x, [1, 2]), "batchSizes are [1, 2]; need sizes that never rise"],
    [
      () => layer.forward(packed, null, { lengths: tensor([1, 1], { dtype: "int32" }) }),
      "RNN: packed sequences have lengths; give no others.",
    ],
    [() => layer.forward(packed, zeros([1, 3, 2])), "the initial state is [1, 3, 2]"],
    [
      () =>
        layer.forward(
          R.packSequence([x.select(1, 0), x.select(1, 1)], { enforceSorted: false }),
          zeros([1, 3, 2]),
        ),
      "the initial state is [1, 3, 2]",
    ],
    [() => R.packPaddedSequence(x, [4, 2], { sorted: true } as never), "there is no option"],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });

  it("inside compile lengths are numbers", () => {
    const lengths = tensor([4, 2], { dtype: "int32" });
    const by = compile((input: Tensor, n: Tensor) => R.packPaddedSequence(input, n).data);
    expect(() => by(x, lengths)).toThrow("inside compile the lengths decide shapes; need numbers");
    const fixed = compile((input: Tensor, n: number[]) => R.packPaddedSequence(input, n).data);
    expect(fixed(x, [4, 2]).shape).toEqual([6, 3]);
    expect(fixed(x, [3, 2]).shape).toEqual([5, 3]);
  });
});
