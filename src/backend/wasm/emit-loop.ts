/**
 * Emits map, reduce and rowwise kernels: loops over the outer dims, and passes over the inner ones.
 */
import type { Access, Instr, LoopKernel, Stage } from "../../compiler/kernel.ts";
import { store } from "./access.ts";
import type { Code, Local } from "./assembler.ts";
import { Body, dependsOn, lanesAlong, neededSteps } from "./body.ts";
import type { Pass } from "./reduce.ts";
import { reducePass } from "./reduce.ts";
import { VALUE_TYPE } from "./spell.ts";

type StoreStage = Stage & { readonly kind: "store" };
type ReduceStage = Stage & { readonly kind: "reduce" };

/** Writes the body of a loop kernel; it uses no scratch memory. */
export function emitLoop(code: Code, kernel: LoopKernel): number {
  const extents = [...kernel.outer, ...kernel.inner];
  if (kernel.outer.includes(0)) {
    code.i32(0);
    return 0;
  }
  const { vector, lanes } = chooseLanes(kernel);
  const body = new Body(code, {
    params: kernel.params,
    body: kernel.body,
    accesses: kernel.stages.flatMap((stage) => (stage.kind === "store" ? [stage.access] : [])),
    roots: kernel.stages.map((stage) => stage.value),
    extents,
    order: extents.map((_, dim) => dim),
    vector,
    lanes,
    lateLevel: kernel.outer.length - 1,
  });
  body.prologue();
  body.enter(-1);
  walkOuter(body, kernel, 0);
  code.i32(0);
  return 0;
}

/** Loops over `dim` in the lanes of the body; the last turn may have fewer active ones. */
export function loopLanes(body: Body, dim: number, extent: number, build: () => void): void {
  const full = Math.floor(extent / body.lanes);
  const rest = extent % body.lanes;
  const size = body.needed.filter((needed) => needed).length;
  if (full <= 4 && full * size <= 64) body.unrolled(dim, body.lanes, full, build);
  else body.loop(dim, body.lanes, full, build);
  if (rest === 0) return;
  body.at(dim, full * body.lanes, () => body.withActive(rest, build));
}

/** Stores several values; all are computed before the first is written. */
export function storeAll(body: Body, stages: readonly StoreStage[], lanes: boolean): void {
  if (stages.length > 1) for (const stage of stages) body.settle(stage.value);
  for (const { access, value } of stages) {
    store(body, access, lanes, (wide) => body.push(value, wide));
  }
}

function walkOuter(body: Body, kernel: LoopKernel, dim: number): void {
  if (dim === kernel.outer.length) return emitPasses(body, kernel);
  const extent = kernel.outer[dim]!;
  const inside = (): void => {
    body.enter(dim);
    walkOuter(body, kernel, dim + 1);
  };
  if (dim === body.vector && body.lanes > 1) loopLanes(body, dim, extent, inside);
  else if (dim === kernel.outer.length - 1 && kernel.kind === "map" && extent <= 4) {
    body.unrolled(dim, 1, extent, inside);
  } else body.loop(dim, 1, extent, inside);
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

function emitPasses(body: Body, kernel: LoopKernel): void {
  const outerLevel = kernel.outer.length - 1;
  const dims = kernel.inner.map((_, at) => kernel.outer.length + at);
  for (const group of groupStages(kernel)) {
    const stages = group.map((at) => kernel.stages[at]!);
    const roots = stages.map((stage) => stage.value);
    const wanted = neededSteps(kernel.body, roots);
    body.enter(outerLevel, true, wanted);
    const pass = { dims, wanted };
    const stores = stages.filter((stage) => stage.kind === "store");
    const once = stores.length > 0 && !stores[0]!.inner;
    // what the inner loops repeat but do not change
    for (const root of roots) if (!once && body.levels[root]! <= outerLevel) body.settle(root);
    const live = liveAccesses(kernel.body, wanted, stores);
    body.withLive(live, () => {
      if (stores.length === 0) emitReductions(body, kernel, pass, group);
      else if (!once) innerStores(body, pass, stores, 0);
      else storeAll(body, stores, body.vector >= 0 && body.vector <= outerLevel);
    });
  }
}

function liveAccesses(
  steps: readonly Instr[],
  wanted: readonly boolean[],
  stores: readonly StoreStage[],
): Access[] {
  const own = steps.flatMap((step, at) => (wanted[at] && "access" in step ? [step.access] : []));
  return [...own, ...stores.map((stage) => stage.access)];
}

function emitReductions(
  body: Body,
  kernel: LoopKernel,
  pass: Pass,
  group: readonly number[],
): void {
  const outerLanes = body.lanes > 1 && body.vector < kernel.outer.length;
  const stages = group.map((at) => kernel.stages[at] as ReduceStage);
  const results: Local[] = stages.map((stage) =>
    body.code.local(outerLanes ? "v128" : VALUE_TYPE[stage.dtype]),
  );
  reducePass(body, pass, stages, results);
  kernel.body.forEach((step, at) => {
    if (step.op !== "reduced") return;
    const place = group.indexOf(step.stage);
    if (place >= 0) body.bind(at, results[place]!);
  });
}

function innerStores(body: Body, pass: Pass, stages: readonly StoreStage[], at: number): void {
  const dim = pass.dims[at]!;
  const { extents, order } = body.nest;
  const last = at === pass.dims.length - 1;
  const inside = (): void => {
    if (last) return storeAll(body, stages, body.lanes > 1);
    body.enter(order.indexOf(dim), true, pass.wanted);
    innerStores(body, pass, stages, at + 1);
  };
  if (dim === body.vector && body.lanes > 1) loopLanes(body, dim, extents[dim]!, inside);
  else body.loop(dim, 1, extents[dim]!, inside);
}

interface Choice {
  readonly vector: number;
  readonly lanes: 1 | 2 | 4;
}

/** Picks the dim that runs in lanes: the one that costs least for each element. */
function chooseLanes(kernel: LoopKernel): Choice {
  const lastOuter = kernel.outer.length - 1;
  const k = lastOuter + kernel.inner.length;
  const candidates = kernel.kind === "map" ? [lastOuter] : [k, lastOuter];
  let best: Choice = { vector: -1, lanes: 1 };
  let least = estimate(kernel, best);
  for (const vector of candidates) {
    const choice = { vector, lanes: lanesOf(kernel, vector) };
    const cost = choice.lanes === 1 ? Infinity : estimate(kernel, choice);
    if (cost < least) [best, least] = [choice, cost];
  }
  return best;
}

/** How many lanes a dim can run in, given what is stored and combined along it. */
function lanesOf(kernel: LoopKernel, vector: number): 1 | 2 | 4 {
  if (vector < 0) return 1;
  const roots = kernel.stages.map((stage) => stage.value);
  const outer = vector < kernel.outer.length;
  const lanes = lanesAlong(kernel.body, neededSteps(kernel.body, roots), vector, outer);
  const fits = kernel.stages.every((stage) => {
    const { dtype } = kernel.body[stage.value]!;
    if (dtype === "bool" || (stage.kind === "store" && !stage.inner && !outer)) return true;
    return lanes === (dtype === "float64" ? 2 : 4);
  });
  return fits ? lanes : 1;
}

function estimate(kernel: LoopKernel, { vector, lanes }: Choice): number {
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
