/** Helpers that make kernels and run them on a backend, for tests. */
import { expect } from "vitest";
import { allocate, bytesOf } from "../../src/core/dtype.ts";
import type { DType, TypedArray } from "../../src/core/dtype.ts";
import { stridesOf } from "../../src/core/shape.ts";
import type { Access, Instr, Kernel, Param, Plan, Stage } from "../../src/compiler/kernel.ts";
import type { ScalarOp } from "../../src/ir/scalar.ts";
import type { Backend, Failure } from "../../src/backend/backend.ts";
import { loopMachine } from "../support/loop-machine.ts";
import { referenceRun } from "./kernel-reference.ts";

/** Makes an access. */
export function access(param: number, strides: readonly number[], offset = 0): Access {
  return { param, offset, strides, dynamic: [] };
}

/** Makes a row-major access over `extents`. */
export function dense(param: number, extents: readonly number[]): Access {
  return access(param, stridesOf(extents));
}

/** Collects the steps of a body. */
export class Steps {
  readonly list: Instr[] = [];

  add(instr: Instr): number {
    return this.list.push(instr) - 1;
  }
  load(dtype: DType, from: Access): number {
    return this.add({ op: "load", dtype, access: from });
  }
  constant(dtype: DType, value: number): number {
    return this.add({ op: "const", dtype, value });
  }
  op(op: ScalarOp, dtype: DType, ...args: number[]): number {
    return this.add({ op, dtype, args });
  }
}

/** Makes params. */
export function params(...dtypes: readonly DType[]): Param[] {
  return dtypes.map((dtype) => ({ dtype, written: true }));
}

/** Makes a store stage. */
export function storing(value: number, to: Access, inner = false): Stage & { kind: "store" } {
  return { kind: "store", inner, value, access: to };
}

let state = 12345;

/** Fills an array with repeatable numbers in [−2, 2), small integers, or bools. */
export function fillRandom(array: TypedArray): TypedArray {
  for (let at = 0; at < array.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const unit = (state >>> 8) / 16777216;
    if (array instanceof Uint8Array) array[at] = Number(unit < 0.5);
    else if (array instanceof Int32Array) array[at] = Math.floor(unit * 21) - 10;
    else array[at] = unit * 4 - 2;
  }
  return array;
}

/** Makes a repeatable array. */
export function random(dtype: DType, length: number): TypedArray {
  return fillRandom(allocate(dtype, length));
}

/** A plan of one kernel whose params are inputs. */
export function planOf(kernel: Kernel, lengths: readonly number[]): Plan {
  return {
    buffers: kernel.params.map(({ dtype }, index) => ({
      dtype,
      length: lengths[index]!,
      place: { kind: "input", index },
    })),
    calls: [{ kernel, args: kernel.params.map((_, index) => index), origin: kernel.kind }],
    arenaBytes: 0,
    donations: [],
  };
}

const GUARD = 16;

/** Runs a kernel on copies of arrays; returns what the arrays became. */
export function runOn(
  backend: Backend,
  kernel: Kernel,
  arrays: readonly TypedArray[],
): { arrays: TypedArray[]; failure: Failure | null } {
  const program = backend.compile(
    planOf(
      kernel,
      arrays.map((array) => array.length),
    ),
  );
  const guard = new Uint8Array(GUARD).fill(0xa5);
  const addresses = arrays.map((array) => {
    const address = backend.alloc(array.byteLength + GUARD);
    backend.write(address, array);
    backend.write(address + array.byteLength, guard);
    return address;
  });
  addresses.forEach((address, buffer) => program.bind(buffer, address));
  const failure = program.run();
  const results = arrays.map((array, at) =>
    backend.read(addresses[at]!, kernel.params[at]!.dtype, array.length),
  );
  arrays.forEach((array, at) => {
    const after = backend.read(addresses[at]! + array.byteLength, "bool", GUARD);
    expect(after, `bytes beyond param ${at}`).toEqual(guard);
  });
  program.release();
  for (const address of addresses) backend.free(address);
  return { arrays: results, failure };
}

function words(array: TypedArray): string[] {
  const view = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const size = array.BYTES_PER_ELEMENT;
  return Array.from(array, (value, at) =>
    Number.isNaN(value)
      ? "NaN"
      : `${value}:${[...view.subarray(at * size, (at + 1) * size)].join(",")}`,
  );
}

/** Wider vectors, interpreted: the loops that other devices are given. */
const wide = loopMachine(32, 12);

/** Interpretation is slow: kernels on more elements are run on the backend alone. */
const SMALL = 4000;

/**
 * Runs a kernel on the backend, by the reference, and in wider lanes, and expects the same bits and
 * failure.
 */
export function expectSame(
  backend: Backend,
  kernel: Kernel,
  arrays: readonly TypedArray[],
): TypedArray[] {
  const expected = arrays.map((array) => array.slice());
  const stopped = referenceRun(kernel, expected);
  const small = arrays.reduce((sum, array) => sum + array.length, 0) <= SMALL;
  const runs = (small ? [backend, wide] : [backend]).map((one) => {
    const actual = runOn(one, kernel, arrays);
    const { failure } = actual;
    expect(failure && { code: failure.code, value: failure.value }, one.name).toEqual(stopped);
    // a sort may leave anything in its scratch
    const checked = stopped ? 0 : kernel.kind === "sort" ? 2 : arrays.length;
    for (let at = 0; at < checked; at++) {
      expect(words(actual.arrays[at]!), `${one.name} param ${at}`).toEqual(words(expected[at]!));
    }
    return actual.arrays;
  });
  return runs[0]!;
}

/** Returns the size of an array in bytes. */
export function byteSize(dtype: DType, length: number): number {
  return bytesOf(dtype) * length;
}
