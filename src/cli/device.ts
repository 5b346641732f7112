/** Which device a fit runs on, and what `nabla devices` says of each. */
import { NablaError } from "../core/errors.ts";
import type { DeviceName } from "../runtime/device.ts";
import { deviceNamed, devices } from "../runtime/device.ts";
import { setDefaultDevice } from "../tensor/device.ts";
import type { DeviceChoice } from "./choices.ts";
import type { GivenFlags } from "./fit-flags.ts";
import type { Terminal } from "./terminal.ts";

/** Below so many products in a forward pass of one update, starting a compiler costs more. */
const LARGE = 1_000_000;

/** A device, and why it is the one. */
export interface Chosen {
  readonly name: "wasm" | "native";
  readonly why: string;
}

/** Chooses a device for updates of so many products each. */
export function chooseDevice(asked: DeviceChoice, products: number): Chosen {
  if (asked !== "auto") return { name: asked, why: "as asked" };
  if (products < LARGE) {
    return { name: "wasm", why: "the network is too small to gain by native code" };
  }
  const { state, text } = deviceState("native");
  return state === "ready" ? { name: "native", why: text } : { name: "wasm", why: text };
}

/** Makes a device that of all tensors, and says which it is unless that is as ever. */
export function useDevice(
  terminal: Terminal,
  { device, threads }: Pick<GivenFlags, "device" | "threads">,
  products: number,
): Chosen["name"] {
  const { name, why } = chooseDevice(device ?? "wasm", products);
  if (device !== undefined && device !== "wasm") {
    setDefaultDevice(name);
    terminal.line(`Device: ${name}, ${why}.`);
  }
  if (threads !== undefined) deviceNamed(name).memory?.backend.threads?.use(threads);
  return name;
}

/** How many products a forward pass of one update has in linear layers of these sizes. */
export function productsOf(rows: number, sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, size, at) => sum + rows * size * sizes[at]!, 0);
}

/** What is known of a device: whether it can be used, and in words how it runs or why not. */
export interface DeviceState {
  readonly name: string;
  readonly state: "ready" | "missing";
  readonly text: string;
}

const KNOWN: Readonly<Record<DeviceName, string>> = {
  wasm: "WebAssembly with vectors of 16 bytes, on one thread",
  native: "compiled C",
  interpret: "the definition, slow",
};

/** Starts a device to see whether it can be used. */
export function deviceState(name: DeviceName): DeviceState {
  try {
    const { memory } = deviceNamed(name);
    return { name, state: "ready", text: memory?.backend.about ?? KNOWN[name] };
  } catch (error) {
    if (!(error instanceof NablaError)) throw error;
    return { name, state: "missing", text: error.message.replace(/\.$/, "") };
  }
}

/** All devices. */
export function deviceStates(): DeviceState[] {
  return [...devices.keys()].map((name) => deviceState(name as DeviceName));
}
