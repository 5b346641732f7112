/** The devices: one executes graphs by the definition, the others compile them for a backend. */
import type { Backend } from "../backend/backend.ts";
import { createWasmBackend } from "../backend/wasm/backend.ts";
import { createNativeBackend } from "#native";
import { NablaError } from "../core/errors.ts";
import { isThenable } from "../core/thenable.ts";
import { DeviceMemory, PromptMemory } from "./memory.ts";

/**
 * What runs a device's programs: a backend that the host reads at once, or else a `LateMemory`;
 * null where the host's own arrays serve.
 */
type Loaded = Backend | DeviceMemory | null;

/** The names of the devices that exist in this build. */
export type DeviceName = "wasm" | "native" | "interpret";

/** A place where programs run; `memory` is null where the host's own arrays serve. */
export interface Device {
  readonly name: DeviceName;
  readonly memory: DeviceMemory | null;
}

/** How a device comes to life. */
export interface DeviceRow {
  /**
   * Starts it. One that takes time gives a promise: users then await `ready` before its first use.
   * Throws where it is missing, saying how to get it.
   */
  readonly load: () => Loaded | Promise<Loaded>;
  /** The device whose kernels `explain` shows where it has none of its own. */
  readonly kernelsOf?: DeviceName;
}

/** The table of devices, by name. */
export const devices: Map<string, DeviceRow> = /* @__PURE__ */ new Map<DeviceName, DeviceRow>([
  ["wasm", { load: wasmUnlessForbidden, kernelsOf: "wasm" }],
  ["native", { load: createNativeBackend }],
  ["interpret", { load: () => null, kernelsOf: "wasm" }],
]);

const made = /* @__PURE__ */ new Map<DeviceName, Device>();
const loading = /* @__PURE__ */ new Map<DeviceName, Promise<Device>>();

/**
 * Returns a device by name, started at its first use. Throws a device error for an unknown name,
 * and for a device that takes time to start and that nobody has waited for.
 */
export function deviceNamed(name: DeviceName): Device {
  const known = made.get(name);
  if (known !== undefined) return known;
  const started = start(name);
  if (!isThenable(started)) return started;
  throw new NablaError(
    "device",
    `"${name}" takes time to start; wait for it once: await ready({ device: "${name}" }).`,
  );
}

/** Resolves to a device as soon as it can be used. */
export async function deviceReady(name: DeviceName): Promise<Device> {
  return made.get(name) ?? start(name);
}

/** The device whose kernels `explain` shows for programs of this one. */
export function deviceOfKernels(device: Device): Device {
  return device.memory === null ? deviceNamed(devices.get(device.name)!.kernelsOf!) : device;
}

function start(name: DeviceName): Device | Promise<Device> {
  const pending = loading.get(name);
  if (pending !== undefined) return pending;
  const backend = rowOf(name).load();
  if (!isThenable(backend)) return keep(name, backend);
  const promise = Promise.resolve(backend).then((loaded) => keep(name, loaded));
  loading.set(name, promise);
  const forget = (): unknown => loading.delete(name);
  promise.then(forget, forget);
  return promise;
}

function keep(name: DeviceName, loaded: Loaded): Device {
  const isBackend = loaded !== null && !(loaded instanceof DeviceMemory);
  const memory = isBackend ? new PromptMemory(loaded) : loaded;
  const device = {
    /** What clones a tensor (`structuredClone`, `postMessage`) reads the fields of its device. */
    get clone(): never {
      throw new NablaError(
        "device",
        "a tensor cannot be cloned or posted: post await x.data(), or use toTransferable of nabla/io.",
      );
    },
    name,
    memory,
  };
  made.set(name, device);
  return device;
}

function rowOf(name: string): DeviceRow {
  const row = devices.get(name);
  if (row !== undefined) return row;
  throw new NablaError(
    "device",
    `"${name}" is no device; there are ${[...devices.keys()].join(", ")}. ` +
      `(The dtypes are float32, float64, int32 and bool.)`,
  );
}

/** Where WebAssembly is forbidden the interpreter takes over: said once, as this runs once. */
function wasmUnlessForbidden(): Backend | null {
  try {
    return createWasmBackend();
  } catch (error) {
    if (!isForbidden(error)) throw error;
    console.warn(
      `nabla: WebAssembly may not be compiled here (${(error as Error).message}); ` +
        `the interpreter takes over: same results, much slower.`,
    );
    return null;
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
