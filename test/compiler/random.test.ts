/** Random graphs: the plan computes what the interpreter does, to the bit. */
import { expect, test } from "vitest";
import { compileGraph } from "../../src/compiler/passes.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import { NablaError } from "../../src/core/errors.ts";
import { interpret } from "../../src/ir/interpret.ts";
import { printGraph } from "../../src/ir/print.ts";
import { randomGraph } from "../support/random-graph.ts";
import { runPlan } from "../support/run-plan.ts";

const limits = { bindings: 64, bindingBytes: 2 ** 30, alignment: 16, aliasing: true };

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

const SEEDS = Number(process.env["SEEDS"] ?? 400);
const FIRST = Number(process.env["FIRST"] ?? 0);

test.each([4, 8, 16, 40])("graphs of %i operations", (length) => {
  let finished = 0;
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const { graph, inputs } = randomGraph(seed * 100 + length, length);
    const wanted = attempt(() => interpret(graph, inputs));
    const name = `seed ${seed}\n`;
    try {
      const donate = graph.outputs.map((output) =>
        graph.inputs.findIndex((input) => input.type === output.type),
      );
      const plan = compileGraph(graph, limits, { donate });
      const copies = inputs.map((array) => array.slice());
      const got = attempt(() => runPlan(plan, copies, seed % 2 === 1));
      expect(got === null).toBe(wanted === null);
      wanted?.forEach((array, o) => expect(differing(got![o]!, array)).toBe(-1));
      if (wanted !== null) finished++;
    } catch (error) {
      throw new Error(`${name}${printGraph(graph)}\n${(error as Error).stack?.slice(0, 3000)}`);
    }
  }
  expect(finished).toBeGreaterThan(SEEDS / 2);
});
