/** Random graphs: the plan computes what the interpreter does, to the bit. */
import { describe, expect, test } from "vitest";
import { compileGraph } from "../../src/compiler/passes.ts";
import type { Call, Plan } from "../../src/compiler/kernel.ts";
import type { Limits } from "../../src/compiler/limits.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import { NablaError } from "../../src/core/errors.ts";
import { interpret } from "../../src/ir/interpret.ts";
import { printGraph } from "../../src/ir/print.ts";
import { randomGraph } from "../support/random-graph.ts";
import { runPlan } from "../support/run-plan.ts";
import { runOn } from "../support/run-wasm.ts";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";

const machine = { vectorBytes: 16, sums: 8, fused: false, cacheBytes: 32768 };
const limits = { bindings: 64, bindingBytes: 2 ** 30, alignment: 16, aliasing: true, ...machine };
const narrow = { bindings: 4, bindingBytes: 2 ** 30, alignment: 256, aliasing: false, ...machine };

function attempt(run: () => TypedArray[]): TypedArray[] | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof NablaError || (error as Error).constructor.name === "PlanFailure") {
      return null;
    }
    throw error;
  }
}

/** The first place at which two arrays differ, −0 and 0 included; −1 where they do not. */
function differing(a: TypedArray, b: TypedArray): number {
  if (a.length !== b.length || a.constructor !== b.constructor) return 0;
  return a.findIndex((value, i) => !Object.is(value, b[i]!));
}

const SEEDS = Number(process.env["SEEDS"] ?? 150);
const FIRST = Number(process.env["FIRST"] ?? 0);
const backend = createWasmBackend();

type Run = (plan: Plan, inputs: readonly TypedArray[], donate: boolean) => TypedArray[];

const RUNS: Readonly<Record<string, Run>> = {
  "as kernel.ts says": runPlan,
  "few bindings, no aliasing": (plan, inputs, donate) => {
    for (const call of plan.calls) expectApart(plan, call);
    return runPlan(plan, inputs, donate);
  },
  wasm: (plan, inputs, donate) => runOn(backend, plan, inputs, donate),
};

/** What a kernel writes must not be what it reads, where a device cannot bind a buffer twice. */
function expectApart(plan: Plan, { kernel, args }: Call): void {
  const places = args.map((arg) => plan.buffers[arg]!.place);
  const offsets = places.flatMap((place) => (place.kind === "arena" ? [place.offset] : []));
  expect(new Set(offsets).size).toBe(offsets.length);
  // an item of its own may need more: a where with two run-time starts, say
  expect(kernel.params.length).toBeLessThanOrEqual(narrow.bindings + 4);
}

/** Runs one random graph; returns whether it came to an end rather than to an expected error. */
function check(run: Run, bounds: Limits, seed: number, length: number): boolean {
  const { graph, inputs } = randomGraph(seed * 100 + length, length);
  const wanted = attempt(() => interpret(graph, inputs));
  const donate = graph.outputs.map((output) =>
    graph.inputs.findIndex((input) => input.type === output.type),
  );
  const plan = compileGraph(graph, bounds, { donate });
  const copies = inputs.map((array) => array.slice());
  const got = attempt(() => run(plan, copies, seed % 2 === 1));
  expect(got === null).toBe(wanted === null);
  wanted?.forEach((array, o) => expect(differing(got![o]!, array)).toBe(-1));
  return wanted !== null;
}

describe.each(Object.keys(RUNS))("%s", (name) => {
  test.each([4, 8, 16, 40])("graphs of %i operations", (length) => {
    const bounds = name.startsWith("few") ? narrow : limits;
    let finished = 0;
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      try {
        if (check(RUNS[name]!, bounds, seed, length)) finished++;
      } catch (error) {
        const { graph } = randomGraph(seed * 100 + length, length);
        const stack = (error as Error).stack?.slice(0, 1000) ?? "";
        throw new Error(`seed ${seed}, ${length} operations\n${printGraph(graph)}\n${stack}`, {
          cause: error,
        });
      }
    }
    expect(finished).toBeGreaterThan(SEEDS / 2);
  });
});
