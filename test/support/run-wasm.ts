/** Runs plans on the WebAssembly backend. */
import type { TypedArray } from "../../src/core/dtype.ts";
import { bytesOf } from "../../src/core/dtype.ts";
import type { Plan } from "../../src/compiler/kernel.ts";
import type { Backend } from "../../src/backend/backend.ts";
import { PlanFailure } from "./run-plan.ts";

/**
 * Runs a plan on a backend; where `donate` is set, outputs lie where the inputs they may replace
 * do.
 */
export function runOn(
  backend: Backend,
  plan: Plan,
  inputs: readonly TypedArray[],
  donate = false,
): TypedArray[] {
  const program = backend.compile(plan);
  const addresses = inputs.map((array) => backend.alloc(Math.max(array.byteLength, 1)));
  inputs.forEach((array, i) => backend.write(addresses[i]!, array));
  const owned = [...addresses];
  const outputs: number[] = [];
  plan.buffers.forEach(({ dtype, length, place }, number) => {
    if (place.kind === "input") program.bind(number, addresses[place.index]!);
    if (place.kind !== "output") return;
    const donor = donate ? plan.donations[place.index]! : -1;
    let address = addresses[donor];
    if (address === undefined) {
      address = backend.alloc(Math.max(length * bytesOf(dtype), 1));
      owned.push(address);
    }
    outputs[place.index] = address;
    program.bind(number, address);
  });
  try {
    const failure = program.run();
    if (failure !== null) throw new PlanFailure(failure.code, failure.call);
    const results: TypedArray[] = [];
    for (const { dtype, length, place } of plan.buffers) {
      if (place.kind === "output") {
        results[place.index] = backend.read(outputs[place.index]!, dtype, length);
      }
    }
    return results;
  } finally {
    program.release();
    for (const address of owned) backend.free(address);
  }
}
