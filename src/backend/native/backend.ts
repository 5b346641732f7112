/** The device `native`: kernels as C, compiled by the system's compiler, in memory of their own. */
import type { LoopedKernel } from "../../compiler/kernel.ts";
import { loopsOf } from "../../compiler/6-loops.ts";
import { MemoryError } from "../../core/errors.ts";
import type { CompiledC } from "../../host/native.ts";
import { openNative, threadsHere } from "../../host/native.ts";
import type { Limits } from "../../compiler/limits.ts";
import { LinearBackend } from "../linear/backend.ts";
import type { Target } from "../linear/library.ts";
import { Library } from "../linear/library.ts";
import { Heap } from "../linear/memory.ts";
import { spellKernel } from "./emit.ts";
import { PRELUDE } from "./spell.ts";
import { POOL, POOL_TYPES } from "./pool.ts";
import { PROBE, PROBE_PRELUDE, RESERVE, RUN, SLOTS } from "./support.ts";
import { declareVectors } from "./vectors.ts";

/** How wide vectors are, and whether they multiply and add at once. */
export interface Vectors {
  readonly vectorBytes: number;
  readonly fused: boolean;
}

const SLOT_BYTES = 8;
const PAGES = 65535;
const BYTES = PAGES * 65536;

/** What kernels are made for where vectors have so many bytes. */
export function nativeLimits({ vectorBytes, fused }: Vectors): Limits {
  return {
    bindings: Infinity,
    bindingBytes: BYTES - 65536,
    alignment: 64,
    aliasing: true,
    vectorBytes,
    sums: vectorBytes > 32 ? 24 : 12, // of 32 or of 16 registers; the shorter of NEON go in pairs
    fused,
    cacheBytes: 32768,
  };
}

/** What stands before all kernels: vectors of 32 bytes, which sums of rows take, and longer. */
export function nativePrelude({ vectorBytes }: Vectors): string {
  return (
    PRELUDE +
    POOL_TYPES +
    declareVectors(32) +
    (vectorBytes > 32 ? declareVectors(vectorBytes) : "")
  );
}

/** Spells a kernel, and says how much scratch memory it uses. */
export function spellNative(
  kernel: LoopedKernel,
  limits: Limits,
): { text: string; scratchBytes: number } {
  const form = loopsOf(kernel, limits);
  const scratchBytes = Math.ceil(form.scratchBytes / 64) * 64; // each thread begins on a line
  return { text: spellKernel({ ...form, scratchBytes }), scratchBytes };
}

/** Spells a kernel for people. */
export function listNative(kernel: LoopedKernel, limits: Limits): string {
  return spellNative(kernel, limits).text;
}

function targetOf(code: CompiledC, start: number, limits: Limits, threads: number): Target<bigint> {
  const slots = new BigInt64Array(code.view(start, SLOTS * SLOT_BYTES));
  const memory = start + SLOTS * SLOT_BYTES;
  const run = code.callable(RUN, "int32_t", ["int64_t", "uint32_t", "uint32_t", "uint32_t"]);
  return {
    dispatch: (table, calls, count) => run(memory, table, calls, count),
    compile(kernels) {
      const spelled = kernels.map((kernel) => spellNative(kernel, limits));
      const addresses = code.addresses(spelled.map(({ text }) => text));
      return spelled.map(({ scratchBytes }, i) => {
        return { code: addresses[i]!, scratchBytes: scratchBytes * threads };
      });
    },
    put: (slot, address) => void (slots[slot] = address ?? 0n),
  };
}

/** Makes the device `native`; throws where a compiler or the package koffi is missing. */
export function createNativeBackend(): LinearBackend {
  const vectors = vectorsHere();
  const limits = nativeLimits(vectors);
  const code = openNative(nativePrelude(vectors));
  const bytes = SLOTS * SLOT_BYTES + BYTES;
  const start = code.callable(RESERVE, "int64_t", ["int64_t"])(bytes);
  if (start === 0) {
    throw new MemoryError(`Out of memory: ${bytes} bytes of addresses were refused.`, bytes, 0);
  }
  const buffer = code.view(start + SLOTS * SLOT_BYTES, BYTES);
  const heap = new Heap({ buffer, grow: refuse }, PAGES);
  const memory = start + SLOTS * SLOT_BYTES;
  const use = code.callable(POOL, "int32_t", ["int64_t", "int32_t"]);
  const most = use(memory, threadsHere());
  const library = new Library(targetOf(code, start, limits, most));
  const threads = { most, use: (count: number) => use(memory, Math.min(count, most)) };
  return new LinearBackend("native", heap, library, limits, {
    threads,
    about: describe(code, vectors, most),
  });
}

function describe(code: CompiledC, { vectorBytes, fused }: Vectors, threads: number): string {
  const more = fused ? " with fused multiply-add" : "";
  const count = threads === 1 ? "one thread" : `${threads} threads`;
  return `C compiled by ${code.version}, vectors of ${vectorBytes} bytes${more}, ${count}`;
}

/** Asks the compiler what this processor has. */
export function vectorsHere(): Vectors {
  const answer = openNative(PROBE_PRELUDE).callable(PROBE, "int32_t", [])();
  return { vectorBytes: answer & 255, fused: answer > 255 };
}

function refuse(): never {
  throw new RangeError("all memory is reserved already");
}
