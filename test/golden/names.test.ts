/** PyTorch's test database through the calls that a user of PyTorch would write. */
import { afterEach, describe, expect, test } from "vitest";
import { setDefaultDevice } from "../../src/tensor/device.ts";
import type { OpInfoCase } from "../support/opinfo.ts";
import { caseKey, readOpInfo } from "../support/opinfo.ts";
import { NOT_PROVIDED } from "./not-provided.ts";
import type { Spelling } from "./obvious.ts";
import { argumentsOf, spellingsOf } from "./obvious.ts";
import { runCaseBy } from "./run-opinfo.ts";

const GROUPS = ["elementwise", "reduce", "shape-index", "compare", "linalg", "nn"];

/** Python's operators, which JavaScript does not have: `x.index(…)` and `y.matmul(x)`. */
const OPERATORS = ["__getitem__", "__rmatmul__"];

const same = (args: unknown[]): unknown[] => args;

/** The database calls these with its input first, where PyTorch has it elsewhere. */
const ORDERS: Readonly<Record<string, (args: unknown[]) => unknown[]>> = {
  where: ([x, condition, ...rest]) => [condition, x, ...rest],
  einsum: ([operands, equation]) => [equation, operands],
  "nn.functional.embedding": ([weight, index, ...rest]) => [index, weight, ...rest],
};

/** Cases that Nabla means otherwise, each by a rule of its own. */
function isOtherwise(c: OpInfoCase): boolean {
  // a mask decides the shape, so it is asynchronous: `indexPutAsync`
  if (c.op === "index_put") return JSON.stringify(c.args[0]).includes('"bool"');
  // numbers make float32 unless the dtype is named
  if (c.op === "arange") return !("dtype" in c.kwargs.dict);
  // PyTorch has no such function for users
  if (c.op === "slice") return true;
  // computed in float32 in the middle of a float64 comparison
  return JSON.stringify(c.kwargs.dict["dtype"]) === '{"dtype":"float32"}' && c.grads !== undefined;
}

/** What is wrong with a case when it is called in one spelling, by position or by name. */
function problemsOf(
  c: OpInfoCase,
  { where, run }: Spelling,
  mode: "given" | "named",
): Promise<string[]> {
  const order = (where === "function" ? ORDERS[c.op] : undefined) ?? same;
  return runCaseBy(c, "float64", (args, kwargs) =>
    run(...order(argumentsOf(c.op, args, kwargs, mode))),
  ).catch((error: unknown) => [String(error)]);
}

/** All spellings of a case. */
function formsOf(c: OpInfoCase): [Spelling, "given" | "named"][] {
  const free = Array.isArray(c.input) || typeof c.input === "number";
  const nuclear = caseKey(c) === "norm.nuc"; // a function alone, so that programs stay small
  return spellingsOf(c.op)
    .filter(({ where }) => !((free || nuclear) && where === "method"))
    .flatMap(
      (spelling) =>
        [
          [spelling, "given"],
          [spelling, "named"],
        ] as [Spelling, "given"][],
    );
}

afterEach(() => setDefaultDevice("wasm"));

describe("PyTorch's names and conventions", () => {
  const cases = GROUPS.flatMap(readOpInfo).filter(
    (c) => c.torch_f32_ok && !Object.hasOwn(NOT_PROVIDED, caseKey(c)),
  );

  test("each operation is found under its name in camel case", () => {
    const missing = cases.filter(({ op }) => spellingsOf(op).length === 0).map(({ op }) => op);
    expect([...new Set(missing)]).toEqual(OPERATORS);
  });

  test("methods and functions take arguments as PyTorch's do", { timeout: 240_000 }, async () => {
    setDefaultDevice("interpret");
    const failures: string[] = [];
    let calls = 0;
    for (const c of cases.filter((one) => !isOtherwise(one))) {
      for (const [spelling, mode] of formsOf(c)) {
        calls++;
        const problems = await problemsOf(c, spelling, mode);
        if (problems.length === 0) continue;
        const form = `${spelling.where}, optional arguments ${mode}`;
        failures.push(`${caseKey(c)} #${c.id} (${form}): ${problems.join("; ").slice(0, 300)}`);
      }
    }
    console.log(`${calls} calls in PyTorch's spellings, ${failures.length} of them fail`);
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(7000);
  });

  test("an argument in a wrong place is seen", async () => {
    setDefaultDevice("interpret");
    const c = cases.find(({ op, args }) => op === "transpose" && args.length === 2)!;
    const [spelling] = spellingsOf("transpose");
    const wrong: Spelling = { ...spelling!, run: (x, a) => spelling!.run(x, a, a) };
    expect(await problemsOf(c, spelling!, "given")).toEqual([]);
    expect(await problemsOf(c, wrong, "given")).not.toEqual([]);
  });
});
