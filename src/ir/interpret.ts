/**
 * The definition: evaluates a graph node by node, on plain arrays, in the order and with the
 * rounding that every device promises. It knows the kinds of lowering, never an operation's name.
 * Slow on purpose.
 */
import type { DType, TypedArray } from "../core/dtype.ts";
import { allocate, roundTo } from "../core/dtype.ts";
import { argumentError, NablaError } from "../core/errors.ts";
import { showShape, stridesOf } from "../core/shape.ts";
import { fusedMultiplyAdd } from "../core/fused.ts";
import { convolve } from "./convolution.ts";
import type { CumulateAttrs, ReduceAttrs, ScatterAttrs } from "./attrs.ts";
import type { Combine } from "./combine.ts";
import { identityOf, reductionOrder, stepOf } from "./combine.ts";
import { evaluateMap } from "./evaluate.ts";
import type { AnyLowering } from "./lookup.ts";
import { loweringOf, nameOf } from "./lookup.ts";
import type { Graph, Node, TensorType } from "./node.ts";
import { topological } from "./node.ts";
import type { AxisMap } from "./row.ts";
import { runScan } from "./scan.ts";
import { argument } from "./scalar.ts";

/** Where elements lie in an array. */
type Places = Float64Array;

/**
 * Computes a graph's outputs from one array for each of its inputs. `fused` says that float32
 * products join their sums unrounded, in products of matrices and convolutions.
 */
export function interpret(
  graph: Graph,
  inputs: readonly TypedArray[],
  fused = false,
): TypedArray[] {
  const values = new Map<Node, TypedArray>();
  graph.inputs.forEach((node, i) => {
    const value = inputs[i];
    if (value?.length !== node.type.size) {
      throw argumentError(
        `interpret: input ${i} has ${value?.length ?? 0} elements; ${node.type.text} needs ` +
          `${node.type.size}.`,
      );
    }
    values.set(node, value);
  });
  const several = new Map<Node, TypedArray[]>();
  for (const node of topological(graph.outputs)) {
    if (values.has(node)) continue;
    const lowering = loweringOf(node);
    const given = node.inputs.map((input) => values.get(input)!);
    if (lowering.kind === "scan")
      several.set(
        node,
        runScan(node, given, (g, x) => interpret(g, x, fused)),
      );
    else if (lowering.kind === "pick") {
      values.set(node, several.get(node.inputs[0]!)![lowering.index(node.attrs)]!);
    } else values.set(node, evaluateNode(node, given, fused));
  }
  return graph.outputs.map((node) => values.get(node)!);
}

/** Computes one node from the values of its inputs. */
function evaluateNode(node: Node, inputs: readonly TypedArray[], fused: boolean): TypedArray {
  const { attrs } = node;
  const lowering = loweringOf(node);
  switch (lowering.kind) {
    case "input":
      throw argumentError(`interpret: ${node.type.text} is an input that the graph does not list.`);
    case "iota":
      return Int32Array.from({ length: node.type.size }, (_, i) => i);
    case "map":
      return map(node, inputs, lowering.scalar);
    case "view": {
      const x = node.inputs[0]!.type;
      const view = lowering.view(attrs, x, node.type);
      if (view === "row-major") return inputs[0]!.slice();
      const places = placesOf(node, view, x, node.type, inputs);
      return fromPlaces(node.type.dtype, inputs[0]!, places);
    }
    case "update": {
      const [x, block] = node.inputs as readonly [Node, Node];
      const view = lowering.view(attrs, x.type, node.type);
      const out = inputs[0]!.slice();
      placesOf(node, view, x.type, block.type, inputs).forEach((place, i) => {
        out[place] = inputs[1]![i]!;
      });
      return out;
    }
    case "reduce":
      return reduce(node, inputs[0]!, lowering.attrs(attrs));
    case "cumulate":
      return cumulate(node, inputs[0]!, lowering.attrs(attrs));
    case "contract":
      return contract(node, inputs[0]!, inputs[1]!, fused);
    case "conv":
      return convolve(node, inputs[0]!, inputs[1]!, joinOf(node.type.dtype, fused));
    case "scan":
    case "pick":
      throw argumentError(`interpret: ${node.op} is not one value of its inputs.`);
    case "concat":
      return concat(node, inputs, lowering.axis(attrs));
    case "gather":
      return gather(node, inputs[0]!, inputs[1]!, lowering.axis(attrs));
    case "scatter":
      return scatter(node, inputs, lowering.attrs(attrs));
    case "sort":
      return argsort(node.type, inputs[0]!, lowering.descending(attrs));
    default:
      return lowering satisfies never;
  }
}

/** Applies the scalar tree to the elements at each place. */
function map(
  node: Node,
  inputs: readonly TypedArray[],
  scalar: Extract<AnyLowering, { kind: "map" }>["scalar"],
): TypedArray {
  const args = node.inputs.map((input, k) => argument(k, input.type.dtype));
  const out = allocate(node.type.dtype, node.type.size);
  evaluateMap(scalar(args, node.attrs), inputs, out);
  return out;
}

/** Lists where in x each element of a strided block lies, row-major; checks run-time starts. */
function placesOf(
  node: Node,
  view: readonly AxisMap[],
  x: TensorType,
  block: TensorType,
  inputs: readonly TypedArray[],
): Places {
  const strides = stridesOf(x.shape);
  const steps = new Array<number>(block.shape.length).fill(0);
  let base = 0;
  view.forEach((map, axis) => {
    let { start } = map;
    if (map.dynamic !== undefined && block.size > 0) {
      start += inputs[map.dynamic]![0]!;
      const reach = (block.shape[map.axis]! - 1) * map.step;
      checkStart(node, x, axis, start, reach);
    }
    base += start * strides[axis]!;
    if (map.axis >= 0) steps[map.axis]! += map.step * strides[axis]!;
  });
  return walk(block.shape, steps, base);
}

/** Throws unless a block that starts at `start` and goes on for `reach` stays on the axis. */
function checkStart(node: Node, x: TensorType, axis: number, start: number, reach: number): void {
  const least = Math.max(0, -reach);
  const most = x.shape[axis]! - 1 - Math.max(0, reach);
  if (Number.isInteger(start) && start >= least && start <= most) return;
  throw new NablaError(
    "index",
    `${nameOf(node)}: start ${start} is out of range for axis ${axis} of ${showShape(x.shape)}, ` +
      `size ${x.shape[axis]}; need an integer from ${least} to ${most}.`,
  );
}

/** Lists `base + Σ index · step` for all indices of a shape in row-major order. */
function walk(shape: readonly number[], steps: readonly number[], base: number): Places {
  let places = Float64Array.of(base);
  shape.forEach((extent, axis) => {
    const next = new Float64Array(places.length * extent);
    const step = steps[axis]!;
    for (let k = 0, at = 0; k < places.length; k++) {
      for (let i = 0; i < extent; i++) next[at++] = places[k]! + i * step;
    }
    places = next;
  });
  return places;
}

function fromPlaces(dtype: DType, x: TypedArray, places: Places): TypedArray {
  const out = allocate(dtype, places.length);
  for (let i = 0; i < out.length; i++) out[i] = x[places[i]!]!;
  return out;
}

/** Rounds a finished combination; an int32 out of range is an error. */
function finish(node: Node, combine: Combine, value: number): number {
  const { dtype } = node.type;
  if (dtype === "int32" && roundTo("int32", value) !== value) {
    throw new NablaError(
      "overflow",
      `${nameOf(node)}: the int32 ${combine} of ${node.inputs[0]!.type.text} is ${value}, outside ` +
        `−2147483648 … 2147483647; cast to float64 first.`,
    );
  }
  return roundTo(dtype, value);
}

/** Combines along axes in the order that `reductionOrder` fixes. */
function reduce(node: Node, x: TypedArray, { combine, axes }: ReduceAttrs): TypedArray {
  const { shape, dtype } = node.inputs[0]!.type;
  const strides = stridesOf(shape);
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const pick = (list: readonly number[], at: readonly number[]): number[] =>
    at.map((a) => list[a]!);
  // the innermost group of neighbouring reduced axes is k; the others are walked row-major outside
  // it
  let first = axes.length;
  while (first > 0 && (first === axes.length || axes[first] === axes[first - 1]! + 1)) first--;
  const inner = axes.slice(first);
  const outer = axes.slice(0, first);
  const bases = walk(pick(shape, kept), pick(strides, kept), 0);
  const outers = walk(pick(shape, outer), pick(strides, outer), 0);
  const ks = walk(pick(shape, inner), pick(strides, inner), 0);
  const out = allocate(node.type.dtype, node.type.size);
  // a total is float64 even for float32, and rounds once at the end
  const add = stepOf(combine, dtype === "float32" ? "float64" : dtype);
  bases.forEach((base, i) => {
    let total = identityOf(combine, dtype);
    for (const offset of outers) {
      for (let k = 0; k < ks.length; k += reductionOrder.chunk) {
        total = add(total, reduceChunk(x, base + offset, ks, k, combine, dtype));
      }
    }
    out[i] = finish(node, combine, total);
  });
  return out;
}

/** Combines one chunk in lanes: element k goes to partial result k mod 8. */
function reduceChunk(
  x: TypedArray,
  base: number,
  ks: Places,
  from: number,
  combine: Combine,
  dtype: DType,
): number {
  const step = stepOf(combine, dtype);
  const { lanes, chunk } = reductionOrder;
  const p = new Float64Array(lanes).fill(identityOf(combine, dtype));
  const end = Math.min(ks.length, from + chunk);
  for (let k = from; k < end; k++) {
    const lane = (k - from) % lanes;
    p[lane] = step(p[lane]!, x[base + ks[k]!]!);
  }
  const even = step(step(p[0]!, p[4]!), step(p[2]!, p[6]!));
  const odd = step(step(p[1]!, p[5]!), step(p[3]!, p[7]!));
  return step(even, odd);
}

/**
 * Cuts a type at an axis: lines of `length` elements that are `inner` apart, `outer` blocks of
 * them.
 */
function linesOf(type: TensorType, axis: number): { outer: number; length: number; inner: number } {
  const size = (part: readonly number[]): number => part.reduce((product, n) => product * n, 1);
  return {
    outer: size(type.shape.slice(0, axis)),
    length: type.shape[axis]!,
    inner: size(type.shape.slice(axis + 1)),
  };
}

/** Combines along an axis up to and including each place. */
function cumulate(node: Node, x: TypedArray, { combine, axis }: CumulateAttrs): TypedArray {
  const { outer, length, inner } = linesOf(node.type, axis);
  const step = stepOf(combine, node.type.dtype);
  const out = allocate(node.type.dtype, node.type.size);
  for (let line = 0; line < outer * inner; line++) {
    const base = Math.floor(line / inner) * length * inner + (line % inner);
    let carry = identityOf(combine, node.type.dtype);
    for (let k = 0; k < length; k++) {
      carry = finish(node, combine, step(carry, x[base + k * inner]!));
      out[base + k * inner] = carry;
    }
  }
  return out;
}

/** How a product joins a sum: rounded before and after, or after alone. */
function joinOf(dtype: DType, fused: boolean): (a: number, b: number, sum: number) => number {
  if (dtype !== "float32") return (a, b, sum) => sum + a * b;
  if (fused) return fusedMultiplyAdd;
  return (a, b, sum) => Math.fround(sum + Math.fround(a * b));
}

/** Multiplies matrices; each product and each sum over ascending k rounds to the dtype. */
function contract(node: Node, x: TypedArray, w: TypedArray, fused: boolean): TypedArray {
  const { shape, dtype, size } = node.type;
  const [m, n] = shape.slice(-2) as [number, number];
  const k = node.inputs[0]!.type.shape.at(-1)!;
  const single = dtype === "float32";
  const joins = single && fused;
  const out = allocate(dtype, size);
  const sums = new Float64Array(n); // one row
  for (let row = 0; row * n < size; row++) {
    const batch = Math.floor(row / m); // rows go on over all batches
    sums.fill(0);
    for (let j = 0; j < k; j++) {
      const left = x[row * k + j]!;
      const start = (batch * k + j) * n;
      for (let column = 0; column < n; column++) {
        const [right, sum] = [w[start + column]!, sums[column]!];
        const product = left * right;
        const added = single ? Math.fround(sum + Math.fround(product)) : sum + product;
        sums[column] = joins ? fusedMultiplyAdd(left, right, sum) : added;
      }
    }
    out.set(sums, row * n);
  }
  return out;
}

/** Lays arrays one after another along an axis. */
function concat(node: Node, inputs: readonly TypedArray[], axis: number): TypedArray {
  const { outer, length, inner } = linesOf(node.type, axis);
  const out = allocate(node.type.dtype, node.type.size);
  let start = 0;
  inputs.forEach((x, i) => {
    const run = node.inputs[i]!.type.shape[axis]! * inner;
    for (let block = 0; block < outer; block++) {
      out.set(x.subarray(block * run, (block + 1) * run), block * length * inner + start);
    }
    start += run;
  });
  return out;
}

/**
 * Lists the place in x that each element of a gather's or scatter's index names; checks the range.
 */
function indexed(node: Node, index: TypedArray, axis: number): Places {
  const x = node.inputs[0]!.type;
  const strides = stridesOf(x.shape);
  const size = x.shape[axis]!;
  const others = strides.map((stride, a) => (a === axis ? 0 : stride));
  const places = walk(node.inputs[1]!.type.shape, others, 0);
  return places.map((place, i) => {
    const at = index[i]!;
    if (at >= 0 && at < size) return place + at * strides[axis]!;
    throw new NablaError(
      "index",
      `${nameOf(node)}: index ${at} is out of range for axis ${axis} of ${showShape(x.shape)}, ` +
        `size ${size}; need 0 … ${size - 1}.`,
    );
  });
}

/** Takes the elements that an index names. */
function gather(node: Node, x: TypedArray, index: TypedArray, axis: number): TypedArray {
  return fromPlaces(node.type.dtype, x, indexed(node, index, axis));
}

/** Combines a source into x at the places that an index names, in ascending order. */
function scatter(
  node: Node,
  inputs: readonly TypedArray[],
  { combine, axis }: ScatterAttrs,
): TypedArray {
  const [x, index, source] = inputs as readonly [TypedArray, TypedArray, TypedArray];
  const out = x.slice();
  const places = indexed(node, index, axis);
  if (combine === "set") {
    places.forEach((place, i) => (out[place] = source[i]!));
    return out;
  }
  const step = stepOf(combine, node.type.dtype);
  places.forEach((place, i) => {
    out[place] = finish(node, combine, step(out[place]!, source[i]!));
  });
  return out;
}

/** Finds the permutation that sorts each line of the last axis. */
function argsort(type: TensorType, x: TypedArray, descending: boolean): TypedArray {
  const length = type.shape.at(-1) ?? 1;
  const out = new Int32Array(type.size);
  const order = (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a < b ? -1 : Number(a > b);
  };
  for (let start = 0; start < type.size; start += length) {
    const line = Array.from({ length }, (_, k) => k); // Array.sort is stable
    line.sort((i, j) => (descending ? -1 : 1) * order(x[start + i]!, x[start + j]!));
    out.set(line, start);
  }
  return out;
}
