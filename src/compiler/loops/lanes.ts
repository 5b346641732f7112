/** Which steps a kernel needs, on which dims they depend, and which dim can run in lanes. */
import { bytesOf } from "../../core/dtype.ts";
import type { DType } from "../../core/dtype.ts";
import type { Access, Instr } from "../kernel.ts";

/** The dim that runs in lanes (−1: none), how many, and how wide they are together. */
export interface Lanes {
  readonly vector: number;
  readonly lanes: number;
  readonly vectorBytes: number;
}

/** Steps that the roots need, by position. */
export function neededSteps(body: readonly Instr[], roots: readonly number[]): boolean[] {
  const needed = new Array<boolean>(body.length).fill(false);
  for (const root of roots) needed[root] = true;
  for (let at = body.length - 1; at >= 0; at--) {
    if (needed[at]) for (const operand of operandsOf(body[at]!)) needed[operand] = true;
  }
  return needed;
}

/** Positions of the steps that a step reads. */
export function operandsOf(step: Instr): readonly number[] {
  if ("args" in step) return step.args;
  return step.op === "gather" ? [step.index] : [];
}

/** Whether each step depends on a dim; `late` says so for the carry and results of reductions. */
export function dependsOn(body: readonly Instr[], dim: number, late: boolean): boolean[] {
  const depends: boolean[] = [];
  for (const step of body) {
    let own = operandsOf(step).some((operand) => depends[operand]);
    if (step.op === "load" || step.op === "gather") own ||= (step.access.strides[dim] ?? 0) !== 0;
    else if (step.op === "index") own ||= (step.strides[dim] ?? 0) !== 0;
    else if (step.op === "carry" || step.op === "reduced") own ||= late;
    depends.push(own);
  }
  return depends;
}

/** How many elements of a dtype a vector has; bools are as wide as what they come from. */
export function widthOf(dtype: DType, vectorBytes: number): number {
  return Math.max(1, Math.floor(vectorBytes / Math.max(4, bytesOf(dtype))));
}

/**
 * How many lanes a dim can run in: as many as fit the dtypes that differ along it, and those of
 * what is stored and combined (`own`); 1 where they have different widths.
 */
export function lanesAlong(
  body: readonly Instr[],
  roots: readonly number[],
  dim: number,
  late: boolean,
  own: readonly DType[],
  vectorBytes: number,
): number {
  if (dim < 0) return 1;
  const needed = neededSteps(body, roots);
  const varies = dependsOn(body, dim, late);
  const seen = new Set<DType>(own);
  body.forEach((step, at) => {
    if (needed[at] && varies[at]) seen.add(step.dtype);
  });
  seen.delete("bool");
  const widths = new Set([...seen].map((dtype) => widthOf(dtype, vectorBytes)));
  if (widths.size > 1) return 1;
  return [...widths][0] ?? widthOf("bool", vectorBytes);
}

/** The accesses of the needed steps. */
export function accessesOf(body: readonly Instr[], needed: readonly boolean[]): Access[] {
  return body.flatMap((step, at) => (needed[at] && "access" in step ? [step.access] : []));
}
