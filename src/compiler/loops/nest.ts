/**
 * Map, reduce and rowwise kernels as loops: over the outer dims, and in them passes over the inner.
 */
import { reductionOrder } from "../../ir/combine.ts";
import type { Access, LoopKernel, Stage } from "../kernel.ts";
import type { Limits } from "../limits.ts";
import type { LoopForm, Variable } from "../loop.ts";
import type { Lanes } from "./lanes.ts";
import { dependsOn, lanesAlong, neededSteps } from "./lanes.ts";
import type { Pass, ReduceStage } from "./reduce.ts";
import { reducePass } from "./reduce.ts";
import { Steps } from "./steps.ts";

type StoreStage = Stage & { readonly kind: "store" };

const PARTIALS = reductionOrder.lanes;

/** Up to so many turns in lanes, and steps in all of them, are written out. */
const FEW_TURNS = 4;
const FEW_STEPS = 64;

/** Writes a loop kernel; it uses no scratch memory. */
export function loopsOfNest(kernel: LoopKernel, limits: Limits): LoopForm {
  const extents = [...kernel.outer, ...kernel.inner];
  const steps = new Steps({
    params: kernel.params,
    body: kernel.body,
    accesses: kernel.stages.flatMap((stage) => (stage.kind === "store" ? [stage.access] : [])),
    roots: kernel.stages.map((stage) => stage.value),
    extents,
    order: extents.map((_, dim) => dim),
    ...chooseLanes(kernel, limits),
    lateLevel: kernel.outer.length - 1,
  });
  steps.apart(true, () => walkOuter(steps, kernel, 0));
  return steps.form();
}

/** Loops over the dim in lanes; the last turn may have fewer active ones. */
export function loopLanes(steps: Steps, build: () => void): void {
  const { vector: dim, lanes } = steps;
  const extent = steps.nest.extents[dim]!;
  const full = Math.floor(extent / lanes);
  const size = steps.needed.filter((needed) => needed).length;
  if (full <= FEW_TURNS && full * size <= FEW_STEPS) steps.unrolled(dim, lanes, full, build);
  else steps.loop(dim, lanes, full, build);
  const rest = extent % lanes;
  if (rest > 0) steps.at(dim, full * lanes, () => steps.withActive(rest, build));
}

function walkOuter(steps: Steps, kernel: LoopKernel, dim: number): void {
  if (dim === kernel.outer.length) return steps.apart(false, () => writePasses(steps, kernel));
  const extent = kernel.outer[dim]!;
  const inside = (): void => {
    steps.enter(dim);
    walkOuter(steps, kernel, dim + 1);
  };
  if (dim === steps.vector && steps.lanes > 1) loopLanes(steps, inside);
  else if (dim === kernel.outer.length - 1 && kernel.kind === "map" && extent <= FEW_TURNS) {
    steps.unrolled(dim, 1, extent, inside);
  } else steps.loop(dim, 1, extent, inside);
}

/** Stages that run in the same pass: neighbours of one kind that do not wait for each other. */
function groupStages(kernel: LoopKernel): number[][] {
  const groups: number[][] = [];
  kernel.stages.forEach((stage, at) => {
    const group = groups.at(-1);
    const first = group && kernel.stages[group[0]!]!;
    const alike =
      first?.kind === stage.kind &&
      (first.kind === "reduce" || (stage.kind === "store" && first.inner === stage.inner));
    if (group && alike && !waitsFor(kernel, stage.value, group)) group.push(at);
    else groups.push([at]);
  });
  return groups;
}

function waitsFor(kernel: LoopKernel, value: number, group: readonly number[]): boolean {
  const needed = neededSteps(kernel.body, [value]);
  return kernel.body.some(
    (step, at) => needed[at] && step.op === "reduced" && group.includes(step.stage),
  );
}

function writePasses(steps: Steps, kernel: LoopKernel): void {
  const outerLevel = kernel.outer.length - 1;
  const dims = kernel.inner.map((_, at) => kernel.outer.length + at);
  for (const group of groupStages(kernel)) {
    const stages = group.map((at) => kernel.stages[at]!);
    const roots = stages.map((stage) => stage.value);
    const wanted = neededSteps(kernel.body, roots);
    steps.enter(outerLevel, true, wanted);
    const pass = { dims, wanted };
    const stores = stages.filter((stage) => stage.kind === "store");
    const once = stores.length > 0 && !stores[0]!.inner;
    // what the inner loops repeat but do not change
    for (const root of roots) if (!once && steps.levels[root]! <= outerLevel) steps.settle(root);
    if (stores.length === 0) writeReductions(steps, kernel, pass, group);
    else if (!once) innerStores(steps, pass, stores, 0);
    else steps.storeAll(stores, steps.vector >= 0 && steps.vector <= outerLevel);
  }
}

function writeReductions(
  steps: Steps,
  kernel: LoopKernel,
  pass: Pass,
  group: readonly number[],
): void {
  const lanes = steps.vector < kernel.outer.length ? steps.lanes : 1;
  const stages = group.map((at) => kernel.stages[at] as ReduceStage);
  const results: Variable[] = stages.map(({ dtype }) => steps.variable("value", dtype, lanes));
  reducePass(steps, pass, stages, results);
  kernel.body.forEach((step, at) => {
    if (step.op !== "reduced") return;
    const place = group.indexOf(step.stage);
    if (place >= 0) steps.bind(at, results[place]!);
  });
}

function innerStores(steps: Steps, pass: Pass, stages: readonly StoreStage[], at: number): void {
  const dim = pass.dims[at]!;
  const { extents, order } = steps.nest;
  const inside = (): void => {
    if (at === pass.dims.length - 1) return steps.storeAll(stages, true);
    steps.enter(order.indexOf(dim), true, pass.wanted);
    innerStores(steps, pass, stages, at + 1);
  };
  if (dim === steps.vector && steps.lanes > 1) loopLanes(steps, inside);
  else steps.loop(dim, 1, extents[dim]!, inside);
}

/** Picks the dim that runs in lanes: the one that costs least for each element. */
function chooseLanes(kernel: LoopKernel, { vectorBytes }: Limits): Lanes {
  const lastOuter = kernel.outer.length - 1;
  const k = lastOuter + kernel.inner.length;
  const candidates = kernel.kind === "map" ? [lastOuter] : [k, lastOuter];
  let best: Lanes = { vector: -1, lanes: 1, vectorBytes };
  let least = estimate(kernel, best);
  for (const vector of candidates) {
    // there are no more partial results than these
    const bytes = vector <= lastOuter ? vectorBytes : Math.min(vectorBytes, 4 * PARTIALS);
    const choice = { vector, lanes: lanesOf(kernel, vector, bytes), vectorBytes: bytes };
    const cost = choice.lanes === 1 ? Infinity : estimate(kernel, choice);
    if (cost < least) [best, least] = [choice, cost];
  }
  return best;
}

/** How many lanes a dim can run in, given what is stored and combined along it. */
function lanesOf(kernel: LoopKernel, vector: number, vectorBytes: number): number {
  const { body, outer, stages } = kernel;
  const late = vector < outer.length;
  const own = stages
    .filter((stage) => stage.kind === "reduce" || stage.inner || late)
    .map((stage) => body[stage.value]!.dtype);
  const roots = stages.map((stage) => stage.value);
  return lanesAlong(body, roots, vector, late, own, vectorBytes);
}

function estimate(kernel: LoopKernel, { vector, lanes }: Lanes): number {
  const extents = [...kernel.outer, ...kernel.inner];
  const outer = vector < kernel.outer.length;
  const roots = kernel.stages.map((stage) => stage.value);
  const needed = neededSteps(kernel.body, roots);
  const varies = vector < 0 ? [] : dependsOn(kernel.body, vector, outer);
  const memory = (access: Access): number =>
    lanes > 1 && Math.abs(access.strides[vector] ?? 0) !== 1 ? 1.25 * lanes : 1;
  let cost = 0;
  kernel.body.forEach((step, at) => {
    if (!needed[at]) return;
    if (!("access" in step) || (vector >= 0 && !varies[at])) cost += 1;
    else if (step.op === "gather" && varies[step.index]) cost += 2 * lanes;
    else cost += memory(step.access);
  });
  for (const stage of kernel.stages) {
    if (stage.kind === "store" && stage.inner) cost += memory(stage.access);
    else if (stage.kind === "store") cost += outer ? memory(stage.access) : 0;
    else cost += 1;
  }
  if (vector < 0) return cost;
  const extent = extents[vector]!;
  return (cost * Math.ceil(extent / lanes)) / extent;
}
