/** Emits scatters: values combined one after another into the places that their indices name. */
import { bytesOf } from "../../core/dtype.ts";
import type { Combine } from "../../ir/row.ts";
import type { ScalarOp } from "../../ir/scalar.ts";
import type { ScatterKernel } from "../../compiler/kernel.ts";
import { LOAD, STORE } from "./access.ts";
import type { Code, Local } from "./assembler.ts";
import { Body } from "./body.ts";
import { STATUS } from "./frame.ts";
import { SCALAR, VALUE_TYPE } from "./spell.ts";

const OP: Readonly<Record<Combine, ScalarOp>> = { sum: "add", prod: "mul", max: "max", min: "min" };

/** Writes a scatter; it uses no scratch memory. */
export function emitScatter(code: Code, kernel: ScatterKernel): number {
  const extents = [...kernel.outer, kernel.count];
  if (extents.includes(0)) {
    code.i32(0);
    return 0;
  }
  const body = new Body(code, {
    params: kernel.params,
    body: kernel.body,
    accesses: [kernel.target],
    roots: [kernel.index, kernel.value],
    extents,
    order: extents.map((_, dim) => dim),
    vector: -1,
    lanes: 1,
    lateLevel: kernel.outer.length,
  });
  body.prologue();
  body.enter(-1);
  walk(body, kernel, 0);
  code.i32(0);
  return 0;
}

function walk(body: Body, kernel: ScatterKernel, dim: number): void {
  if (dim > kernel.outer.length) return combine(body, kernel);
  body.loop(dim, 1, body.nest.extents[dim]!, () => {
    body.enter(dim);
    walk(body, kernel, dim + 1);
  });
}

function combine(body: Body, kernel: ScatterKernel): void {
  const { code } = body;
  const { dtype } = kernel;
  const index = code.local("i32");
  const address = code.local("i32");
  body.settle(kernel.value);
  body.push(kernel.index, false);
  code.tee(index).i32(kernel.size).op("i32.ge_u");
  code.if(() => body.fail(STATUS.index, () => code.get(index)));
  code
    .get(index)
    .i32(kernel.stride * bytesOf(dtype))
    .op("i32.mul");
  const imm = body.pushAddress(body.placeOf(kernel.target));
  code.op("i32.add").set(address).get(address);
  if (kernel.combine === "set") {
    body.push(kernel.value, false);
  } else {
    const value = code.local(VALUE_TYPE[dtype]);
    const before = code.local(VALUE_TYPE[dtype]);
    body.push(kernel.value, false);
    code.set(value).get(address).memory(LOAD[dtype], imm).set(before);
    if (dtype === "int32") check(body, kernel.combine, before, value);
    code.get(before).get(value);
    SCALAR[OP[kernel.combine]](code, dtype, dtype);
  }
  code.memory(STORE[dtype], imm);
}

/** Combines two int32 in 64 bits first, and fails if the result does not fit. */
function check(body: Body, combine: Combine, before: Local, value: Local): void {
  if (combine !== "sum" && combine !== "prod") return;
  const { code } = body;
  const wide = code.local("i64");
  code.get(before).op("i64.extend_i32_s").get(value).op("i64.extend_i32_s");
  code.op(combine === "sum" ? "i64.add" : "i64.mul");
  code.tee(wide).op("i32.wrap_i64").op("i64.extend_i32_s").get(wide).op("i64.ne");
  code.if(() => body.fail(STATUS.overflow, () => code.i32(0)));
}
