/** The default device. */
import type { Device, DeviceName } from "../runtime/device.ts";
import { deviceOf } from "../runtime/device.ts";
import { context } from "./value.ts";

/** Returns the device that new tensors are made on: `wasm` unless set. */
export function defaultDevice(): Device {
  return (context.device ??= deviceOf("wasm"));
}

/** Sets the device that new tensors are made on. */
export function setDefaultDevice(name: DeviceName): void {
  context.device = deviceOf(name);
}
