/** Which device trains and writes. */
import { deviceReady } from "../runtime/device.ts";
import { setDefaultDevice } from "../tensor/device.ts";

/** Starts a device and makes it the default; `auto` is `native` where there is a compiler. */
export async function chooseDevice(name: string): Promise<string> {
  if (name !== "auto") {
    await deviceReady(name as "wasm" | "native");
    setDefaultDevice(name as "wasm" | "native");
    return name;
  }
  try {
    return await chooseDevice("native");
  } catch {
    return chooseDevice("wasm");
  }
}
