/**
 * The shared case suite: every recipe, and the gradient of every recipe of floats, on a device
 * against `interpret`, bit for bit (NaN payloads aside). It imports nothing of Node, so that
 * browsers run the same cases; the hash of all results must be the same everywhere.
 */
import { vjpGraph } from "../../src/autograd/derive.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import { isFloat } from "../../src/core/dtype.ts";
import type { OpName } from "../../src/ir/attrs.ts";
import { Builder } from "../../src/ir/builder.ts";
import { interpret } from "../../src/ir/interpret.ts";
import type { Graph } from "../../src/ir/node.ts";
import { OPS } from "../../src/ir/ops.ts";
import type { DeviceName } from "../../src/runtime/device.ts";
import { deviceNamed } from "../../src/runtime/device.ts";
import { makeExecutable } from "../../src/runtime/executable.ts";
import { Storage } from "../../src/runtime/storage.ts";
import { FUSED } from "./fused.ts";
import type { Random } from "./layouts.ts";
import { draw, fillFor, makeRandom, place } from "./layouts.ts";
import type { Recipe } from "./recipe.ts";
import { RECIPES } from "./recipes.ts";

/** One graph with the numbers it is run on. */
export interface ParityCase {
  readonly op: OpName | "fused";
  readonly label: string;
  readonly dtype: string;
  readonly gradient: boolean;
  readonly graph: Graph;
  readonly inputs: readonly TypedArray[];
}

/** What a run of the suite found. */
export interface ParityReport {
  readonly cases: number;
  readonly failures: readonly string[];
  /** 16 hexadecimal digits over the bits of all results on the device. */
  readonly hash: string;
}

/** Makes every case, one after another. */
export function* parityCases(): Generator<ParityCase> {
  let seed = 1;
  for (const op of Object.keys(RECIPES) as OpName[]) {
    const smooth = OPS[op].vjp !== null;
    for (const recipe of RECIPES[op]) yield* casesOf(op, recipe, smooth, makeRandom(seed++));
  }
  for (const recipe of FUSED) yield* casesOf("fused", recipe, true, makeRandom(seed++));
}

function* casesOf(
  op: OpName | "fused",
  recipe: Recipe,
  smooth: boolean,
  random: Random,
): Generator<ParityCase> {
  const b = new Builder();
  const placed = recipe.operands.map((operand) => place(b, operand));
  const output = recipe.apply(
    b,
    placed.map(({ node }) => node),
  );
  const graph: Graph = { inputs: placed.map(({ input }) => input), outputs: [output] };
  const inputs = placed.map(({ input }, i) => fillFor(input, recipe.operands[i]!.fill, random));
  const { label, dtype } = recipe;
  yield { op, label, dtype, gradient: false, graph, inputs };
  const wanted = recipe.operands.map((operand) => operand.dtype === dtype && isFloat(dtype));
  if (!smooth || !wanted.includes(true) || !isFloat(output.type.dtype)) return;
  const cotangent = draw(output.type.dtype, output.type.size, "smooth", random);
  yield {
    op,
    label: `gradient of ${label}`,
    dtype,
    gradient: true,
    graph: vjpGraph(graph, wanted, [true]),
    inputs: [...inputs, cotangent],
  };
}

/** Runs a case on a device and returns its results. */
export function runCase(c: ParityCase, device: DeviceName): TypedArray[] {
  const program = makeExecutable(c.label, c.graph, 0, deviceNamed(device));
  try {
    const storages = c.inputs.map((host, i) => {
      const { dtype } = c.graph.inputs[i]!.type;
      return new Storage(dtype, host.length, host);
    });
    return program.run(storages, []).map((storage) => storage.read());
  } finally {
    program.release();
  }
}

/** The results by the definition: products join sums as they do on the device. */
function runDefinition(c: ParityCase, device: DeviceName): TypedArray[] {
  const fused = deviceNamed(device).memory?.backend.limits.fused ?? false;
  return fused ? interpret(c.graph, c.inputs, fused) : runCase(c, "interpret");
}

/** Says where the bits of two results differ, or returns null. NaNs are all alike. */
export function compareBits(got: TypedArray, want: TypedArray): string | null {
  if (got.length !== want.length) return `has ${got.length} elements, not ${want.length}`;
  let differing = 0;
  let first = -1;
  for (let i = 0; i < want.length; i++) {
    if (Object.is(got[i], want[i])) continue;
    differing++;
    if (first < 0) first = i;
  }
  if (differing === 0) return null;
  return `differs at ${differing} of ${want.length}; at ${first} ${got[first]}, not ${want[first]}`;
}

/**
 * Runs one case on a device and by the definition; the device's results, and how they differ.
 */
export function checkCase(
  c: ParityCase,
  device: DeviceName = "wasm",
): { results: TypedArray[]; failure: string | null } {
  try {
    const want = runDefinition(c, device);
    const results = runCase(c, device);
    const problems = want.flatMap((w, o) => compareBits(results[o]!, w) ?? []);
    return { results, failure: problems.length === 0 ? null : problems.join("; ") };
  } catch (error) {
    return { results: [], failure: `threw ${String(error)}` };
  }
}

/** A running hash of bits. */
class Hash {
  private low = 0x811c9dc5;
  private high = 0x01234567;
  private readonly scratch = new DataView(new ArrayBuffer(8));

  add(values: TypedArray): void {
    for (const value of values) {
      if (Number.isNaN(value)) {
        this.mix(0x7ff80000);
        continue;
      }
      this.scratch.setFloat64(0, value);
      this.mix(this.scratch.getInt32(0));
      this.mix(this.scratch.getInt32(4));
    }
    this.mix(values.length);
  }

  private mix(word: number): void {
    this.low = Math.imul(this.low ^ word, 0x01000193);
    this.low ^= this.low >>> 15;
    this.high = Math.imul(this.high ^ this.low, 0x85ebca6b);
    this.high ^= this.high >>> 13;
  }

  get text(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
    return hex(this.low) + hex(this.high);
  }
}

/** Hashes bits into 16 hexadecimal digits; NaNs are all alike. */
export function hashBits(arrays: Iterable<TypedArray>): string {
  const hash = new Hash();
  for (const values of arrays) hash.add(values);
  return hash.text;
}

/** Runs every case. */
export function runParity(device: DeviceName = "wasm", every = 1): ParityReport {
  const hash = new Hash();
  const failures: string[] = [];
  let cases = 0;
  let at = 0;
  for (const c of parityCases()) {
    if (at++ % every !== 0) continue;
    cases++;
    const { results, failure } = checkCase(c, device);
    if (failure !== null) failures.push(`${c.label}: ${failure}`);
    for (const values of results) hash.add(values);
  }
  return { cases, failures, hash: hash.text };
}
