/** The device `native` in tests: it needs a C compiler and koffi, and is skipped aloud without. */
import type { TestContext } from "vitest";
import { deviceNamed } from "../../src/runtime/device.ts";

/** Says why the device cannot be used here, or returns undefined. */
function whyNot(): string | undefined {
  try {
    deviceNamed("native");
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Skips a test on `native` where it is missing, or fails if REQUIRE_NATIVE=1. */
export function needDevice(device: string, { task, skip }: TestContext): void {
  const text = device === "native" ? whyNot() : undefined;
  if (text === undefined) return;
  if (process.env["REQUIRE_NATIVE"] === "1") throw new Error(text);
  task.meta.skipped = text;
  skip(text);
}
