/** The devices: one executes graphs by the definition, the others compile them for a backend. */
import type { Backend } from "../backend/backend.ts";
import { createWasmBackend } from "../backend/wasm/backend.ts";
import { NablaError } from "../core/errors.ts";
import { DeviceMemory } from "./memory.ts";

/** The names of the devices that exist in this build. */
export type DeviceName = "wasm" | "interpret";

/** A place where programs run; `memory` is null where the host's own arrays serve. */
export interface Device {
  readonly name: DeviceName;
  readonly memory: DeviceMemory | null;
}

const makers: Readonly<Record<DeviceName, () => Backend | null>> = {
  wasm: createWasmBackend,
  interpret: () => null,
};

const made = new Map<DeviceName, Device>();
let warned = false;

/**
 * Returns a device by name, started at its first use. Throws a device error for an unknown name.
 */
export function deviceOf(name: DeviceName): Device {
  const known = made.get(name);
  if (known !== undefined) return known;
  const make = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (make === undefined) {
    throw new NablaError(
      "device",
      `"${name}" is no device; there are ${Object.keys(makers).join(", ")}. ` +
        `(The dtypes are float32, float64, int32 and bool.)`,
    );
  }
  const device = start(name, make);
  made.set(name, device);
  return device;
}

/** Starts a device; where WebAssembly is forbidden the interpreter takes over, said once. */
function start(name: DeviceName, make: () => Backend | null): Device {
  try {
    const backend = make();
    return { name, memory: backend === null ? null : new DeviceMemory(backend) };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    if (!warned) {
      console.warn(
        `nabla: WebAssembly may not be compiled here (${(error as Error).message}); ` +
          `the interpreter takes over: same results, much slower.`,
      );
    }
    warned = true;
    return { name, memory: null };
  }
}

function isForbidden(error: unknown): boolean {
  return (
    typeof WebAssembly === "undefined" ||
    (error instanceof Error &&
      error.name === "CompileError" &&
      /Content.Security|disallow/i.test(error.message))
  );
}
