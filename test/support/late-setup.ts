/**
 * Runs a test file on a device that answers late, in the place of `wasm`. Where the file reads at
 * once, the reader must first throw the error that names the asynchronous one; then the device is
 * made to catch up, as an `await` would. `toThrow` looks at what the next `await` would throw.
 */
import { devices } from "../../src/runtime/device.ts";
import type { NablaError } from "../../src/core/errors.ts";
import { LateMemory } from "../../src/runtime/late.ts";
import type { Storage } from "../../src/runtime/storage.ts";
import { Tensor } from "nabla";
import { afterEach, beforeEach, expect } from "vitest";
import { LateDevice, PlanBackend } from "./late-device.ts";

const device = new LateDevice(new PlanBackend("wasm"), () => Math.random() * 2);
const memory = new LateMemory(device);
devices.set("wasm", { ...devices.get("wasm"), load: () => memory });

/** Does what an `await` does: returns what it would throw. */
function catchUp(): NablaError | null {
  const stop = device.flush();
  memory.hear(stop, memory.queued);
  if (stop !== null) device.flush(); // which lets it go on
  return memory.takeFailure();
}

function bring(storage: Storage): void {
  const error = catchUp() ?? storage.run?.error;
  if (error) throw error;
  storage.host = device.inner.read(storage.address, storage.dtype, storage.length);
}

const waiting = {
  itemSync: "item",
  dataSync: "data",
  toArraySync: "toArray",
  toJSON: "toArray",
  toString: "data",
} as const;

for (const [name, later] of Object.entries(waiting) as [keyof typeof waiting, string][]) {
  const reader = Tensor.prototype[name] as (this: Tensor) => unknown;
  const patched = function (this: Tensor): unknown {
    try {
      return reader.call(this);
    } catch (error) {
      const named = `${name}: the values are on wasm, which the host cannot read at once; use await x.${later}().`;
      if ((error as Error).message !== named) throw error;
      bring(this.storage!);
      return reader.call(this);
    }
  };
  Object.defineProperty(Tensor.prototype, name, { value: patched });
}

const unreadable = LateMemory.prototype.read as (this: LateMemory, storage: Storage) => unknown;
Object.defineProperty(LateMemory.prototype, "read", {
  value(this: LateMemory, storage: Storage): unknown {
    expect(() => unreadable.call(this, storage)).toThrow(/cannot read at once|./);
    bring(storage);
    return storage.host;
  },
});

type Expected = string | RegExp | (new (...args: never[]) => Error) | { message: string };

function fits(error: unknown, expected: Expected | undefined): boolean {
  if (expected !== undefined && "asymmetricMatch" in Object(expected)) {
    return (expected as unknown as { asymmetricMatch(x: unknown): boolean }).asymmetricMatch(error);
  }
  const { message } = error as Error;
  if (expected === undefined) return true;
  if (typeof expected === "string") return message.includes(expected);
  if (expected instanceof RegExp) return expected.test(message);
  if (typeof expected === "function") return error instanceof expected;
  return message.includes(expected.message);
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    catchUp();
    return error;
  }
  return catchUp();
}

expect.extend({
  toThrow(received: unknown, expected?: Expected) {
    const error = typeof received === "function" ? thrownBy(received as () => unknown) : received;
    const pass = error !== null && error !== undefined && fits(error, expected);
    return { pass, message: () => `expected ${String(expected)}, found ${String(error)}` };
  },
});

/** What a test of the suite expects that no device that answers later can do, and why. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  "mistakes in > indices": "it catches the error of the call itself",
  "mistakes in > sums of integers": "it catches the error of the call itself",
  "detectAnomaly > finds in a compiled function what it finds in the plain one":
    "it catches the error of the call itself",
  "detectAnomaly > finds gradients as well, plain and compiled, and leaves the cells as they were":
    "it catches the error of the call itself",
  "an update that detectAnomaly refuses changes no cell": "the NaN shows after the update",
  "a small cache of values > writes back what leaves it: nothing is lost, and its budget holds":
    "nothing can be written back before somebody waits",
};

beforeEach((context) => {
  const { name, suite } = context.task;
  const why = IMPOSSIBLE[suite === undefined ? name : `${suite.name} > ${name}`];
  if (why !== undefined) context.skip(`late device: ${why}; test/runtime/late.test.ts has its own`);
});

afterEach(() => {
  const left = catchUp();
  expect(left?.message).toBeUndefined();
});
