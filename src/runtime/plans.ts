/**
 * Plans, shared by equal graphs: a second model of known shapes compiles nothing. A program has its
 * own buffers and bindings; the plan, and with it the code, is one.
 */
import type { Plan } from "../compiler/kernel.ts";
import type { Limits } from "../compiler/limits.ts";
import { compileGraph } from "../compiler/passes.ts";
import type { Graph } from "../ir/node.ts";
import { programKey } from "../ir/node.ts";

/** How many plans are kept for a device, and how long their keys may be together. */
const MOST = { plans: 512, characters: 16_000_000 };

/** The plans of one device, least recently used first. */
interface Plans {
  readonly byKey: Map<string, Plan>;
  characters: number;
}

const plansOf = /* @__PURE__ */ new WeakMap<Limits, Plans>();

/**
 * Returns the plan of a graph on a device of these limits: the one that an equal graph was given,
 * if there was one. Keys are compared in full; numbers that are inputs are no part of them.
 */
export function planFor(graph: Graph, limits: Limits, donate?: readonly number[]): Plan {
  let plans = plansOf.get(limits);
  if (plans === undefined) plansOf.set(limits, (plans = { byKey: new Map(), characters: 0 }));
  const key = `${donate?.join() ?? ""}|${programKey(graph)}`;
  const { byKey } = plans;
  const known = byKey.get(key);
  if (known !== undefined) {
    byKey.delete(key); // and to the end
    byKey.set(key, known);
    return known;
  }
  const plan = compileGraph(graph, limits, donate === undefined ? {} : { donate });
  byKey.set(key, plan);
  plans.characters += key.length;
  for (const oldest of byKey.keys()) {
    if (byKey.size <= MOST.plans && plans.characters <= MOST.characters) break;
    byKey.delete(oldest);
    plans.characters -= oldest.length;
  }
  return plan;
}
