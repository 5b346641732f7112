/**
 * PyTorch's own operator test database: how many of its operations and cases hold, on each device.
 */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { setDefaultDevice } from "../../src/tensor/device.ts";
import type { OpInfoCase } from "../support/opinfo.ts";
import { readOpInfo } from "../support/opinfo.ts";
import { NOT_PROVIDED } from "./not-provided.ts";
import { runOpInfo, runOpInfoCase } from "./run-opinfo.ts";

const GROUPS = ["elementwise", "reduce", "shape-index", "compare", "linalg", "nn"];

afterEach(() => setDefaultDevice("wasm"));

describe("PyTorch's operator test database", () => {
  const cases = GROUPS.flatMap(readOpInfo);

  test.each([
    ["interpret", "float64"],
    ["wasm", "float32"],
  ] as const)("on %s in %s", { timeout: 240_000 }, async (device, float) => {
    setDefaultDevice(device);
    const report = await runOpInfo(cases, float);
    const share = report.passed / report.cases;
    console.log(
      `opinfo on ${device} in ${float}: ${report.provided.size} operations provided, ` +
        `${report.missing.size} missing (${[...report.missing].join(", ") || "none"}); ` +
        `${report.passed} of ${report.cases} cases pass (${(100 * share).toFixed(2)} %)` +
        report.failures.map((line) => `\n  ${line.slice(0, 400)}`).join(""),
    );
    expect([...report.missing].sort()).toEqual(Object.keys(NOT_PROVIDED).sort());
    expect(report.provided.size).toBeGreaterThanOrEqual(260);
    expect(share).toBeGreaterThanOrEqual(0.998);
  });

  test("docs/from-pytorch.md gives the reason of each that is not provided", () => {
    const page = readFileSync(new URL("../../docs/from-pytorch.md", import.meta.url), "utf8");
    const [, list = ""] = page.split("## Not provided");
    const lines = list.split("\n").filter((line) => line.startsWith("- "));
    const wanted = Object.entries(NOT_PROVIDED).map(([name, why]) => `- \`${name}\`: ${why}.`);
    expect(lines).toEqual(wanted);
  });

  test("a wrong case is seen", async () => {
    const c = cases.find(({ op }) => op === "exp")!;
    const other = cases.find(({ op, out }) => op === "sqrt" && JSON.stringify(out).length > 100)!;
    expect(await runOpInfoCase(c, "float32")).toEqual([]);
    const swapped: OpInfoCase = { ...c, out: other.out, grads: c.grads ?? [] };
    expect(await runOpInfoCase(swapped, "float32")).not.toEqual([]);
  });
});
