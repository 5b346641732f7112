/** Memory stays flat in one synchronous loop, where neither finalisers nor promises run. */
import { describe, expect, test } from "vitest";
import { CACHE_MEGABYTES, runMemory } from "../support/child.ts";

describe("memory is flat", () => {
  test.each([
    ["plain", 100_000],
    ["compiled", 100_000],
    ["total", 20_000],
  ])("over %s × %i", { timeout: 60_000 }, async (name, count) => {
    const { growth } = await runMemory(name, count);
    expect(growth).toBeLessThan(20);
  });

  test("models that are dropped stay within the cache's budget", { timeout: 60_000 }, async () => {
    const { growth } = await runMemory("models", 300);
    expect(growth).toBeLessThan(CACHE_MEGABYTES + 20);
  });
});
