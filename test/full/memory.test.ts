/** The long form of the memory tests: a million compiled steps, a thousand dropped models. */
import { describe, expect, test } from "vitest";
import { CACHE_MEGABYTES, runMemory } from "../support/child.ts";

describe("memory is flat", () => {
  test.each([
    ["plain", 200_000],
    ["compiled", 1_000_000],
    ["total", 200_000],
  ])("over %s × %i", async (name, count) => {
    const { growth } = await runMemory(name, count);
    expect(growth).toBeLessThan(20);
  });

  test("a thousand dropped models stay within the cache's budget", async () => {
    const { growth } = await runMemory("models", 1_000);
    expect(growth).toBeLessThan(CACHE_MEGABYTES + 20);
  });

  test("values that nobody keeps do not grow once the cache is full", async () => {
    const { growth } = await runMemory("values", 20_000);
    expect(growth).toBeLessThan(100);
  });
});
