/**
 * Kernels that go line by line, one element after another: running combinations, several lines in
 * lanes, and scatters, whose values are combined into the places that their indices name.
 */
import { instructionOf } from "../../ir/combine.ts";
import type { CumulateKernel, ScatterKernel } from "../kernel.ts";
import type { Limits } from "../limits.ts";
import type { Expression, LoopForm } from "../loop.ts";
import { apply, constant } from "./frame.ts";
import { accessesOf, lanesAlong, neededSteps } from "./lanes.ts";
import { loopLanes } from "./nest.ts";
import type { Nest } from "./steps.ts";
import { Steps, pair } from "./steps.ts";

/** Lines go in lanes from so many on. */
const SOME_LINES = 3;

/** Writes a running combination; it uses no scratch memory. */
export function loopsOfCumulate(kernel: CumulateKernel, limits: Limits): LoopForm {
  const { dtype, outer, length, next, stages } = kernel;
  const lanes = lanesOf(kernel, limits);
  const steps = new Steps({
    ...nestOf(kernel, [...outer, length]),
    accesses: stages.map((stage) => stage.access),
    roots: [next, ...stages.map((stage) => stage.value)],
    vector: lanes > 1 ? outer.length - 1 : -1,
    lanes,
    vectorBytes: limits.vectorBytes,
  });
  walk(steps, 0, outer.length, () => {
    const carry = steps.let(constant(dtype, kernel.initial, lanes));
    steps.loop(outer.length, 1, length, () => {
      steps.bindCarry(carry);
      if (kernel.checked) checkStep(steps, kernel);
      steps.settle(next);
      for (const stage of stages) steps.settle(stage.value);
      steps.storeAll(stages, true);
      steps.set(carry, steps.value(next, true));
    });
  });
  return steps.form();
}

/** Writes a scatter; it uses no scratch memory. */
export function loopsOfScatter(kernel: ScatterKernel): LoopForm {
  const { outer, count, target, index, value } = kernel;
  const steps = new Steps({
    ...nestOf(kernel, [...outer, count]),
    accesses: [target],
    roots: [index, value],
    vector: -1,
    lanes: 1,
    vectorBytes: 4,
  });
  walk(steps, 0, outer.length + 1, () => combine(steps, kernel));
  return steps.form();
}

function nestOf(
  { params, body }: CumulateKernel | ScatterKernel,
  extents: readonly number[],
): Pick<Nest, "params" | "body" | "extents" | "order" | "lateLevel"> {
  const order = extents.map((_, dim) => dim);
  return { params, body, extents, order, lateLevel: order.length - 1 };
}

/** Loops over the dims from `dim` up to `end`. */
function walk(steps: Steps, dim: number, end: number, build: () => void): void {
  if (dim === end) return build();
  const inside = (): void => {
    steps.enter(dim);
    walk(steps, dim + 1, end, build);
  };
  if (dim === steps.vector) loopLanes(steps, inside);
  else steps.loop(dim, 1, steps.nest.extents[dim]!, inside);
}

function checkStep(steps: Steps, kernel: CumulateKernel): void {
  const step = kernel.body[kernel.next]!;
  if (step.op !== "add" && step.op !== "mul") return;
  checkRange(
    steps,
    step.op,
    step.args.map((arg) => steps.value(arg, false)),
  );
}

/** Fails where two int32 do not combine to one: doubles hold what matters of both results. */
function checkRange(steps: Steps, op: "add" | "mul", args: readonly Expression[]): void {
  const doubles = args.map((arg) => apply("cast", "float64", arg));
  const exact = steps.let(apply(op, "float64", ...doubles));
  const low = apply("le", "bool", constant("float64", -2147483648), exact);
  const high = apply("le", "bool", exact, constant("float64", 2147483647));
  steps.check("overflow", apply("and", "bool", low, high));
}

function combine(steps: Steps, kernel: ScatterKernel): void {
  const { combine: how, size, stride } = kernel;
  const dtype = steps.dtypeOf(kernel.target.param);
  steps.settle(kernel.value);
  const index = steps.let(steps.value(kernel.index, false));
  steps.check("index", { op: "within", dtype: "bool", lanes: 1, arg: index, size }, index);
  const by = { op: "distance", dtype, lanes: 1, index, stride } as const;
  const at = steps.addressOf(kernel.target, steps.let(by, "distance"));
  const value = steps.value(kernel.value, false);
  if (how === "set") return steps.write(at, value);
  const before = steps.let({ op: "load", dtype, lanes: 1, at });
  const op = instructionOf(how, dtype);
  if (dtype === "int32" && (op === "add" || op === "mul")) checkRange(steps, op, [before, value]);
  steps.write(at, pair(op, before, value));
}

function lanesOf(kernel: CumulateKernel, { vectorBytes }: Limits): number {
  const { body, outer, stages, next, dtype } = kernel;
  const vector = outer.length - 1;
  if (vector < 0 || kernel.checked || outer[vector]! < SOME_LINES) return 1;
  const roots = [next, ...stages.map((stage) => stage.value)];
  const accesses = [
    ...accessesOf(body, neededSteps(body, roots)),
    ...stages.map((stage) => stage.access),
  ];
  const runs = accesses.every((access) => Math.abs(access.strides[vector] ?? 0) <= 1);
  const own = [dtype, ...roots.map((root) => body[root]!.dtype)];
  return runs ? lanesAlong(body, roots, vector, true, own, vectorBytes) : 1;
}
