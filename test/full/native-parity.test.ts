/** The whole parity suite on `native`. */
import { expect, test } from "vitest";
import { nativeParity } from "../parity/native-parity.ts";

test("all results have the bits of the definition", (context) => {
  const report = nativeParity(1, context);
  expect(report.cases).toBeGreaterThan(1500);
  expect(report.failures).toEqual([]);
});
