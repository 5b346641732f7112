/** The default device. */
import { argumentError } from "../core/errors.ts";
import { asGiven, readNamed } from "../core/options.ts";
import type { Device, DeviceName } from "../runtime/device.ts";
import { deviceNamed, deviceReady } from "../runtime/device.ts";
import { context } from "./value.ts";

/** Returns the device that new tensors are made on: `wasm` unless set. */
export function defaultDevice(): Device {
  const device = (context.device ??= deviceNamed("wasm"));
  context.tracer?.guard(() => context.device!.name);
  return device;
}

/** Sets the device that new tensors are made on. */
export function setDefaultDevice(name: DeviceName): void {
  context.device = deviceNamed(name);
}

/** The default device, or `wasm` where the host cannot read the default one at once. */
export function readableDevice(): DeviceName {
  const device = defaultDevice();
  return device.memory?.late ? "wasm" : device.name;
}

/** What `ready` is to wait for. */
export interface ReadyOptions {
  /** The device to start. Default: the default device. */
  readonly device?: DeviceName;
  /** How many threads its kernels use where it has some: `native` has as many as the machine. */
  readonly threads?: number;
}

/**
 * Waits until a device can be used. Only one that takes time to start needs it, once: the others
 * start at their first use. Results do not depend on the number of threads.
 */
export async function ready(options: ReadyOptions = {}): Promise<void> {
  const threadsGiven = asGiven<number | undefined>(undefined);
  const defaults = { device: asGiven(context.device?.name), threads: threadsGiven };
  const { device, threads } = readNamed("ready", defaults, options);
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw argumentError(`ready: threads is ${threads}; need a whole number from 1.`);
  }
  const { memory } = await deviceReady(device ?? "wasm");
  if (threads !== undefined) memory?.backend.threads?.use(threads);
}

/** How much of a device's memory holds values at present, and how much may. */
export interface CacheUsage {
  readonly bytes: number;
  readonly entries: number;
  readonly budgetBytes: number;
}

/** Says how much device memory values take up; all zero where the host's memory serves. */
export function cacheUsage(device: DeviceName = defaultDevice().name): CacheUsage {
  const { memory } = deviceNamed(device);
  if (memory === null) return { bytes: 0, entries: 0, budgetBytes: 0 };
  return { ...memory.usage(), budgetBytes: memory.budget.bytes };
}

/**
 * Sets how many bytes of device memory may hold values between programs (default: 512 MiB;
 * it starts at 64 MiB and grows where values are wanted back). Beyond it the least recently used
 * are copied to the host.
 */
export function setCacheBudget(bytes: number, device: DeviceName = defaultDevice().name): void {
  if (!(bytes > 0)) throw argumentError(`setCacheBudget: ${bytes} bytes; need a positive number.`);
  const { memory } = deviceNamed(device);
  if (memory !== null) memory.budget.bytes = bytes;
}
