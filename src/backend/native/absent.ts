/** What stands for the device `native` where there is no Node; bundles for pages hold only this. */
import type { LoopedKernel } from "../../compiler/kernel.ts";
import type { Limits } from "../../compiler/limits.ts";
import type { Backend } from "../backend.ts";
import { NablaError } from "../../core/errors.ts";

/** Refuses. */
export function listNative(_kernel: LoopedKernel, _limits: Limits): string {
  return createNativeBackend().name;
}

/** Refuses. */
export function createNativeBackend(): Backend {
  throw new NablaError("device", `the device "native" runs under Node alone; use "wasm" here.`);
}
