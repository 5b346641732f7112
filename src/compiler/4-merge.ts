/**
 * Pass 4: gives each kernel as few loops as it can have: neighbouring outer dims that every access
 * walks with one stride become one, dims of extent 1 vanish, and the batch of a contraction becomes
 * more rows where the other matrix does not vary. Pass 6 cuts what is left into lanes and tiles.
 */
import type {
  Access,
  ContractKernel,
  Instr,
  Kernel,
  LoopKernel,
  CumulateKernel,
  ScatterKernel,
  Stage,
} from "./kernel.ts";
import type { Step } from "./step.ts";

/** Merges the dims of every kernel. */
export function merge(steps: readonly (readonly Step[])[]): Step[][] {
  return steps.map((list) => list.map((step) => ({ ...step, kernel: merged(step.kernel) })));
}

function merged(kernel: Kernel): Kernel {
  switch (kernel.kind) {
    case "map":
    case "reduce":
    case "rowwise":
    case "cumulate":
      return mergeLoop(kernel);
    case "contract":
      return mergeContract(kernel);
    case "scatter":
      return mergeScatter(kernel);
    case "conv":
    case "sort":
    case "scan":
      return kernel;
    default:
      return kernel satisfies never;
  }
}

/** Which dims are walked as one: each run lists the first and the last of them. */
type Runs = readonly (readonly [number, number])[];

/** Finds the fewest runs of the first `count` dims such that each list of strides walks them. */
function runsOf(extents: readonly number[], count: number, all: readonly Strides[]): Runs {
  const runs: [number, number][] = [];
  for (let dim = 0; dim < count; dim++) {
    if (extents[dim] === 1) continue;
    const run = runs[runs.length - 1];
    if (run !== undefined && all.every((strides) => follows(strides, extents, run[1], dim))) {
      run[1] = dim;
    } else runs.push([dim, dim]);
  }
  return runs;
}

type Strides = readonly number[];

function follows(strides: Strides, extents: readonly number[], dim: number, next: number): boolean {
  return strides[dim] === strides[next]! * extents[next]!;
}

function extentsOf(runs: Runs, extents: readonly number[]): number[] {
  return runs.map(([first, last]) => {
    let extent = 1;
    for (let dim = first; dim <= last; dim++) extent *= extents[dim]!;
    return extent;
  });
}

/** Strides over the runs of the first `count` dims, then over the dims after them. */
function along(runs: Runs, count: number, strides: Strides): number[] {
  return [...runs.map(([, last]) => strides[last]!), ...strides.slice(count)];
}

function stridesOf(body: readonly Instr[], stages: readonly Stage[]): Strides[] {
  const all: Strides[] = [];
  for (const step of body) {
    if (step.op === "load" || step.op === "gather") all.push(step.access.strides);
    if (step.op === "index") all.push(step.strides);
  }
  for (const stage of stages) if (stage.kind === "store") all.push(stage.access.strides);
  return all;
}

type Rewrite = (strides: Strides) => number[];

function moved(access: Access, rewrite: Rewrite): Access {
  return { ...access, strides: rewrite(access.strides) };
}

function rewriteBody(body: readonly Instr[], rewrite: Rewrite): Instr[] {
  return body.map((step) => {
    if (step.op === "load") return { ...step, access: moved(step.access, rewrite) };
    if (step.op === "gather") return { ...step, access: moved(step.access, rewrite) };
    if (step.op === "index") return { ...step, strides: rewrite(step.strides) };
    return step;
  });
}

function rewriteStage<S extends Stage>(stage: S, rewrite: Rewrite): S {
  if (stage.kind === "reduce") return stage;
  return { ...stage, access: moved(stage.access, rewrite) };
}

function mergeLoop<K extends LoopKernel | CumulateKernel>(kernel: K): K {
  const { outer, body, stages } = kernel;
  const runs = runsOf(outer, outer.length, stridesOf(body, stages));
  const rewrite: Rewrite = (strides) => along(runs, outer.length, strides);
  return {
    ...kernel,
    outer: extentsOf(runs, outer),
    body: rewriteBody(body, rewrite),
    stages: (stages as readonly Stage[]).map((stage) => rewriteStage(stage, rewrite)),
  };
}

function mergeScatter(kernel: ScatterKernel): ScatterKernel {
  const { outer, body, target } = kernel;
  const runs = runsOf(outer, outer.length, [...stridesOf(body, []), target.strides]);
  const rewrite: Rewrite = (strides) => along(runs, outer.length, strides);
  return {
    ...kernel,
    outer: extentsOf(runs, outer),
    body: rewriteBody(body, rewrite),
    target: moved(target, rewrite),
  };
}

function mergeContract(kernel: ContractKernel): ContractKernel {
  const { batch, body, stages, a, b } = kernel;
  const all = [...stridesOf(body, stages), a.strides, b.strides];
  const runs = runsOf(batch, batch.length, all);
  const rewrite: Rewrite = (strides) => along(runs, batch.length, strides);
  return moreRows({
    ...kernel,
    batch: extentsOf(runs, batch),
    body: rewriteBody(body, rewrite),
    stages: stages.map((stage) => rewriteStage(stage, rewrite)),
    a: moved(a, rewrite),
    b: moved(b, rewrite),
  });
}

/** Makes the last batch dim part of m, where `b` is the same for all of it. */
function moreRows(kernel: ContractKernel): ContractKernel {
  const { batch, body, stages, a, b, m } = kernel;
  const at = batch.length - 1;
  if (at < 0 || b.strides[at] !== 0) return kernel;
  const all = [...stridesOf(body, stages), a.strides];
  const joins = all.every((strides) => m === 1 || strides[at] === strides[at + 1]! * m);
  if (!joins) return kernel;
  // [..., batch, m, x] becomes [..., batch · m, x]
  const drop = (strides: Strides, from: number): number[] => [
    ...strides.slice(0, from),
    ...strides.slice(from + 1),
  ];
  const rewrite: Rewrite = (strides) => drop(strides, m === 1 ? at + 1 : at);
  return moreRows({
    ...kernel,
    batch: batch.slice(0, -1),
    m: m * batch[at]!,
    body: rewriteBody(body, rewrite),
    stages: stages.map((stage) => rewriteStage(stage, rewrite)),
    a: moved(a, rewrite),
    b: moved(b, (strides) => drop(strides, at)),
  });
}
