/**
 * Sequences of several lengths: padded to one, or packed without padding, as recurrent layers take
 * them. PyTorch: `torch.nn.utils.rnn`.
 */
import { argumentError, shapeError } from "../core/errors.ts";
import { read, show } from "../core/options.ts";
import { sameShape, showShape } from "../core/shape.ts";
import { full } from "../tensor/create.ts";
import { cat, pad, stack } from "../tensor/functions/movement.ts";
import { Tensor } from "../tensor/tensor.ts";
import { context } from "../tensor/value.ts";
import { placesAt } from "./functional/int32-list.ts";

/** Lengths of sequences: numbers, or int32 `[N]` whose values are at hand. */
export type SequenceLengths = readonly number[] | Tensor;

/**
 * Sequences one beside another without padding: `data` `[total, …]` holds the first elements of
 * all, longest first, then the second ones, …. Made by `packPaddedSequence` and `packSequence`; the
 * recurrent layers take it and give one. The counts are numbers, as they decide shapes. PyTorch:
 * `PackedSequence`.
 */
export class PackedSequence {
  /** The elements `[total, …]`. */
  readonly data: Tensor;
  /** How many sequences have a first element, a second one, …. */
  readonly batchSizes: readonly number[];
  /** Where each sequence, longest first, stood before; null where they were in that order. */
  readonly sortedIndices: readonly number[] | null;
  /** Where each sequence stands now. */
  readonly unsortedIndices: readonly number[] | null;

  constructor(
    data: Tensor,
    batchSizes: readonly number[],
    sortedIndices: readonly number[] | null = null,
  ) {
    const total = batchSizes.reduce((sum, n) => sum + n, 0);
    const falls = batchSizes.every((n, t) => n > 0 && n <= (batchSizes[t - 1] ?? n));
    if (batchSizes.length === 0 || !falls || data.shape[0] !== total) {
      throw argumentError(
        `PackedSequence: data is ${showShape(data.shape)}, batchSizes are ` +
          `[${batchSizes.join(", ")}]; need sizes that never rise, and their sum as first extent.`,
      );
    }
    this.data = data;
    this.batchSizes = batchSizes;
    this.sortedIndices = sortedIndices;
    this.unsortedIndices = sortedIndices && inverse(sortedIndices);
  }

  /** The lengths of the sequences, longest first. */
  get sortedLengths(): number[] {
    const [rows = 0] = this.batchSizes;
    return Array.from({ length: rows }, (_, i) => this.batchSizes.filter((n) => n > i).length);
  }

  /** The same order and lengths with other elements `[total, …]`. */
  withData(data: Tensor): PackedSequence {
    return new PackedSequence(data, this.batchSizes, this.sortedIndices);
  }
}

/** Where each number of a permutation stands. */
function inverse(order: readonly number[]): number[] {
  const places: number[] = [];
  order.forEach((from, to) => (places[from] = to));
  return places;
}

/** Lengths as numbers; throws for what holds none, and inside a trace for tensors. */
function numbersOf(name: string, lengths: SequenceLengths, rows: number): number[] {
  if (lengths instanceof Tensor && context.tracer !== null) {
    throw argumentError(`${name}: inside compile the lengths decide shapes; need numbers.`);
  }
  const list = lengths instanceof Tensor ? [...lengths.dataSync()] : [...lengths];
  if (list.length === rows && list.every((n) => Number.isInteger(n) && n > 0)) return list;
  throw argumentError(
    `${name}: the lengths are [${list.join(", ")}]; need ${rows} integers from 1 on.`,
  );
}

/** Padded sequences with time first: `[T, N, …]`. */
function timeFirst(name: string, input: Tensor, batchFirst: boolean): Tensor {
  if (input.ndim >= 2) return batchFirst ? input.transpose(0, 1) : input;
  throw shapeError(`${name}: the input is ${showShape(input.shape)}; need [T, N, …].`);
}

/** The order of lengths that never rise; equal ones stay in their order. */
function descending(lengths: readonly number[]): number[] {
  return [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]!);
}

/** Options of {@link packPaddedSequence}. */
export interface PackOptions {
  /** Whether the input is `[N, T, …]` instead of `[T, N, …]`. Default: false. */
  readonly batchFirst?: boolean;
  /** Whether sequences must come longest first; else they are sorted. Default: true. */
  readonly enforceSorted?: boolean;
}

/**
 * Packs padded sequences `[T, N, …]` of some lengths. Throws for lengths that rise unless
 * `enforceSorted` is false, and for those beyond T. PyTorch: `pack_padded_sequence`.
 */
export function packPaddedSequence(
  input: Tensor,
  lengths: SequenceLengths,
  options: PackOptions = {},
): PackedSequence {
  const name = "packPaddedSequence";
  const defaults = { batchFirst: false, enforceSorted: true };
  const { batchFirst, enforceSorted } = read(name, {}, [options], defaults);
  const x = timeFirst(name, input, batchFirst);
  const [steps, rows] = x.shape as [number, number];
  const list = numbersOf(name, lengths, rows);
  const longest = Math.max(...list);
  if (longest > steps) {
    throw argumentError(`${name}: a length is ${longest}; the input has ${steps} steps.`);
  }
  const order = descending(list);
  if (enforceSorted && order.some((from, to) => from !== to)) {
    throw argumentError(
      `${name}: the lengths [${list.join(", ")}] rise; sort them, or give ` +
        "{ enforceSorted: false }.",
    );
  }
  const sorted = order.map((i) => list[i]!);
  const sizes = Array.from({ length: longest }, (_, t) => sorted.filter((n) => n > t).length);
  const flat = x.reshape([steps * rows, ...x.shape.slice(2)]);
  const places = sizes.flatMap((n, t) => order.slice(0, n).map((row) => t * rows + row));
  return new PackedSequence(placesAt(flat, 0, places), sizes, enforceSorted ? null : order);
}

/** Options of {@link padPackedSequence}. */
export interface UnpackOptions {
  /** Whether the result is `[N, T, …]` instead of `[T, N, …]`. Default: false. */
  readonly batchFirst?: boolean;
  /** What stands beyond the end of a sequence. Default: 0. */
  readonly paddingValue?: number;
  /** How many steps the result has. Default: those of the longest sequence. */
  readonly totalLength?: number | null;
}

/**
 * Pads packed sequences to one length, in the order they had before packing: `[T, N, …]` and their
 * lengths, numbers. Throws where `totalLength` is less than the longest. PyTorch:
 * `pad_packed_sequence`.
 */
export function padPackedSequence(
  sequence: PackedSequence,
  options: UnpackOptions = {},
): [padded: Tensor, lengths: number[]] {
  const name = "padPackedSequence";
  const defaults = { batchFirst: false, paddingValue: 0, totalLength: null as number | null };
  const { batchFirst, paddingValue, totalLength } = read(name, {}, [options], defaults);
  const { batchSizes, unsortedIndices, sortedLengths } = sequence;
  const steps = totalLength ?? batchSizes.length;
  if (!Number.isInteger(steps) || steps < batchSizes.length) {
    throw argumentError(
      `${name}: totalLength is ${steps}; need at least that of the longest, ${batchSizes.length}.`,
    );
  }
  const order = unsortedIndices ?? [...sortedLengths.keys()];
  const padded = spread(sequence, steps, paddingValue, order);
  const lengths = order.map((i) => sortedLengths[i]!);
  return [batchFirst ? padded.transpose(0, 1) : padded, lengths];
}

/** Padded `[T, N, …]` of packed sequences in an order of those that are longest first. */
function spread(
  { data, batchSizes }: PackedSequence,
  steps: number,
  padding: number,
  order: readonly number[],
): Tensor {
  const [total = 0, ...rest] = data.shape;
  const row = full([1, ...rest], padding, { dtype: data.dtype, device: data.device });
  const starts: number[] = [];
  batchSizes.reduce((at, n, t) => (starts[t] = at) + n, 0);
  const places = Array.from({ length: steps }, (_, t) =>
    order.map((i) => (i < (batchSizes[t] ?? 0) ? starts[t]! + i : total)),
  ).flat();
  return placesAt(cat([data, row]), 0, places).reshape([steps, order.length, ...rest]);
}

/** Padded `[T, N, …]`, longest first, as a recurrent layer runs over it. @internal */
export function paddedOf(sequence: PackedSequence): Tensor {
  return spread(sequence, sequence.batchSizes.length, 0, [...sequence.sortedLengths.keys()]);
}

/** Takes from outputs `[T, N, …]`, longest first, those within the sequences. @internal */
export function packedLike(sequence: PackedSequence, padded: Tensor): PackedSequence {
  const [steps, rows, ...rest] = padded.shape as [number, number, ...number[]];
  const flat = padded.reshape([steps * rows, ...rest]);
  const places = sequence.batchSizes.flatMap((n, t) =>
    Array.from({ length: n }, (_, i) => t * rows + i),
  );
  return sequence.withData(placesAt(flat, 0, places));
}

/** Sequences `[L, …]` of one kind; throws for none, and for those of other extents. */
function listOf(name: string, sequences: readonly Tensor[]): readonly Tensor[] {
  const [first] = sequences;
  const fits = (x: unknown): boolean =>
    x instanceof Tensor && x.ndim >= 1 && sameShape(x.shape.slice(1), first!.shape.slice(1));
  const odd = sequences.find((x) => !fits(x));
  if (first !== undefined && odd === undefined) return sequences;
  const seen = odd instanceof Tensor ? showShape(odd.shape) : show(odd);
  const want = first instanceof Tensor ? `, as the first, ${showShape(first.shape)}` : "";
  throw shapeError(
    first === undefined
      ? `${name}: the list is empty; need at least one sequence.`
      : `${name}: a sequence is ${seen}; need [L, …]${want}.`,
  );
}

/** Options of {@link padSequence}. */
export interface PadSequenceOptions {
  /** Whether the result is `[N, T, …]` instead of `[T, N, …]`. Default: false. */
  readonly batchFirst?: boolean;
  /** What stands beyond the end of a sequence. Default: 0. */
  readonly paddingValue?: number;
}

/** Pads sequences `[L, …]` to the longest: `[T, N, …]`. PyTorch: `pad_sequence`. */
export function padSequence(
  sequences: readonly Tensor[],
  options: PadSequenceOptions = {},
): Tensor {
  const defaults = { batchFirst: false, paddingValue: 0 };
  const { batchFirst, paddingValue } = read("padSequence", {}, [options], defaults);
  const list = listOf("padSequence", sequences);
  const steps = Math.max(...list.map((x) => x.shape[0]!));
  const borders = (x: Tensor): number[] => [
    ...new Array<number>(2 * (x.ndim - 1)).fill(0),
    ...[0, steps - x.shape[0]!],
  ];
  return stack(
    list.map((x) => pad(x, borders(x), { value: paddingValue })),
    { dim: batchFirst ? 0 : 1 },
  );
}

/**
 * Packs sequences `[L, …]`. Throws for lengths that rise unless `enforceSorted` is false. PyTorch:
 * `pack_sequence`.
 */
export function packSequence(
  sequences: readonly Tensor[],
  options: { readonly enforceSorted?: boolean } = {},
): PackedSequence {
  const { enforceSorted } = read("packSequence", {}, [options], { enforceSorted: true });
  const lengths = listOf("packSequence", sequences).map((x) => x.shape[0]!);
  return packPaddedSequence(padSequence(sequences), lengths, { enforceSorted });
}

/**
 * Cuts padded sequences `[T, N, …]` to their lengths: a list of `[L, …]`. PyTorch:
 * `unpad_sequence`.
 */
export function unpadSequence(
  padded: Tensor,
  lengths: SequenceLengths,
  options: { readonly batchFirst?: boolean } = {},
): Tensor[] {
  const { batchFirst } = read("unpadSequence", {}, [options], { batchFirst: false });
  const x = timeFirst("unpadSequence", padded, batchFirst);
  const list = numbersOf("unpadSequence", lengths, x.shape[1]!);
  return list.map((length, i) => x.select(1, i).narrow(0, 0, length));
}

/** The sequences `[L, …]` that were packed. PyTorch: `unpack_sequence`. */
export function unpackSequence(sequence: PackedSequence): Tensor[] {
  return unpadSequence(...padPackedSequence(sequence));
}
