/** A part of the parity suite on `native`; test/full has the whole. */
import { expect, test } from "vitest";
import { nativeParity } from "./native-parity.ts";

test("results have the bits of the definition", { timeout: 300_000 }, (context) => {
  const report = nativeParity(8, context);
  expect(report.cases).toBeGreaterThan(300);
  expect(report.failures).toEqual([]);
});
