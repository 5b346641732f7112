/** Emits running combinations: element by element along the last dim, several lines in lanes. */
import type { CumulateKernel } from "../../compiler/kernel.ts";
import type { Code, Local } from "./assembler.ts";
import { Body, lanesAlong, neededSteps } from "./body.ts";
import { loopLanes, storeAll } from "./emit-loop.ts";
import { STATUS } from "./frame.ts";
import { pushConstant, pushVectorConstant, VALUE_TYPE } from "./spell.ts";

/** Writes a running combination; it uses no scratch memory. */
export function emitCumulate(code: Code, kernel: CumulateKernel): number {
  const extents = [...kernel.outer, kernel.length];
  if (extents.includes(0)) {
    code.i32(0);
    return 0;
  }
  const vector = kernel.outer.length - 1;
  const lanes = lanesOf(kernel, vector);
  const body = new Body(code, {
    params: kernel.params,
    body: kernel.body,
    accesses: kernel.stages.map((stage) => stage.access),
    roots: [kernel.next, ...kernel.stages.map((stage) => stage.value)],
    extents,
    order: extents.map((_, dim) => dim),
    vector: lanes > 1 ? vector : -1,
    lanes,
    lateLevel: kernel.outer.length,
  });
  body.prologue();
  body.enter(-1);
  walk(body, kernel, 0);
  code.i32(0);
  return 0;
}

function walk(body: Body, kernel: CumulateKernel, dim: number): void {
  if (dim === kernel.outer.length) return line(body, kernel);
  const inside = (): void => {
    body.enter(dim);
    walk(body, kernel, dim + 1);
  };
  if (dim === body.vector) loopLanes(body, dim, kernel.outer[dim]!, inside);
  else body.loop(dim, 1, kernel.outer[dim]!, inside);
}

function line(body: Body, kernel: CumulateKernel): void {
  const { code } = body;
  const wide = body.lanes > 1;
  const carry = code.local(wide ? "v128" : VALUE_TYPE[kernel.dtype]);
  if (wide) pushVectorConstant(code, kernel.dtype, kernel.initial);
  else pushConstant(code, kernel.dtype, kernel.initial);
  code.set(carry);
  body.loop(kernel.outer.length, 1, kernel.length, () => {
    kernel.body.forEach((step, at) => {
      if (step.op === "carry") body.bind(at, carry);
    });
    if (kernel.checked) check(body, kernel);
    body.settle(kernel.next);
    for (const stage of kernel.stages) body.settle(stage.value);
    storeAll(body, kernel.stages, wide);
    next(body, kernel.next, carry);
  });
}

function next(body: Body, step: number, carry: Local): void {
  body.push(step, body.lanes > 1);
  body.code.set(carry);
}

/** Computes the step again in 64 bits, and fails if that does not fit. */
function check(body: Body, kernel: CumulateKernel): void {
  const { code } = body;
  const step = kernel.body[kernel.next]!;
  if (step.op !== "add" && step.op !== "sub" && step.op !== "mul") return;
  const wide = code.local("i64");
  for (const operand of step.args) {
    body.push(operand, false);
    code.op("i64.extend_i32_s");
  }
  code.op(`i64.${step.op}`).tee(wide).op("i32.wrap_i64").op("i64.extend_i32_s");
  code.get(wide).op("i64.ne");
  code.if(() => body.fail(STATUS.overflow, () => code.i32(0)));
}

function lanesOf(kernel: CumulateKernel, vector: number): 1 | 2 | 4 {
  if (vector < 0 || kernel.checked) return 1;
  const roots = [kernel.next, ...kernel.stages.map((stage) => stage.value)];
  const needed = neededSteps(kernel.body, roots);
  const lanes = lanesAlong(kernel.body, needed, vector, true);
  const accesses = [
    ...kernel.body.flatMap((step, at) => (needed[at] && "access" in step ? [step.access] : [])),
    ...kernel.stages.map((stage) => stage.access),
  ];
  const runs = accesses.every((access) => Math.abs(access.strides[vector] ?? 0) <= 1);
  const dtypes = [kernel.dtype, ...roots.map((root) => kernel.body[root]!.dtype)];
  const fits = dtypes.every((dtype) => dtype === "bool" || (dtype === "float64") === (lanes === 2));
  return runs && fits && kernel.outer[vector]! >= 3 ? lanes : 1;
}
