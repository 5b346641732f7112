import { describe, expect, it } from "vitest";
import { MemoryError } from "../../src/core/errors.ts";
import { Heap, wasmPages } from "../../src/backend/linear/memory.ts";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import type { LoopKernel } from "../../src/compiler/kernel.ts";
import { access, params, planOf, random, Steps, storing } from "./kernel-building.ts";

const MIB = 1048576;

function adding(n: number, offset = 0): LoopKernel {
  const steps = new Steps();
  const x = steps.load("float32", access(0, [1], offset));
  const y = steps.load("float32", access(1, [0]));
  const z = steps.op("add", "float32", x, y);
  return {
    kind: "map",
    params: params("float32", "float32", "float32"),
    outer: [n],
    inner: [],
    body: steps.list,
    stages: [storing(z, access(2, [1], offset))],
  };
}

describe("the allocator", () => {
  it("aligns, never hands out 0, merges what is freed, and reuses it", () => {
    const heap = new Heap(wasmPages(1), 64);
    const before = heap.usedBytes;
    const sizes = [0, 1, 48, 49, 64, 1000, 5000, 70000, 200000];
    const blocks = sizes.map((size) => heap.alloc(size));
    expect(new Set(blocks).size).toBe(blocks.length);
    for (const block of blocks) expect(block > 0 && block % 64 === 0).toBe(true);
    const sorted = blocks.map((at, i) => [at, sizes[i]!] as const).sort((a, b) => a[0] - b[0]);
    sorted.slice(1).forEach(([at], i) => expect(at - sorted[i]![0]).toBeGreaterThan(sorted[i]![1]));
    for (const at of [3, 1, 7, 5, 0, 8, 2, 6, 4]) heap.free(blocks[at]!);
    expect(heap.usedBytes).toBe(before);
    const pages = heap.memory.buffer.byteLength;
    heap.free(heap.alloc(pages - 1024)); // one block again
    expect(heap.memory.buffer.byteLength).toBe(pages);
  });

  it("keeps blocks apart and counts right under a random load", () => {
    const heap = new Heap(wasmPages(1), 256);
    const live = new Map<number, { bytes: number; mark: number }>();
    let seed = 1;
    const next = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return seed % n;
    };
    for (let turn = 0; turn < 3000; turn++) {
      if (live.size < 40 || next(2) === 0) {
        const bytes = next(10) === 0 ? next(60000) : next(600);
        const at = heap.alloc(bytes);
        const mark = next(256);
        heap.u8.fill(mark, at, at + bytes);
        live.set(at, { bytes, mark });
      } else {
        const at = [...live.keys()][next(live.size)]!;
        const { bytes, mark } = live.get(at)!;
        const found = heap.u8.subarray(at, at + bytes).findIndex((byte) => byte !== mark);
        expect(found).toBe(-1);
        heap.free(at);
        live.delete(at);
      }
    }
    for (const at of live.keys()) heap.free(at);
    expect(heap.usedBytes).toBe(0);
    expect(heap.memory.buffer.byteLength).toBeLessThan(8 * MIB);
  });

  it("keeps small blocks out of the way of large ones", () => {
    const heap = new Heap(wasmPages());
    const kept: number[] = [];
    for (let mib = 300; mib <= 2400; mib += 100) {
      const large = heap.alloc(mib * MIB);
      for (let k = 0; k < 3; k++) kept.push(heap.alloc(1000 + k)); // tables of programs stay
      heap.free(large);
    }
    const ends = kept.map((block) => block + 1064);
    expect(Math.max(...ends)).toBeLessThan(2 * MIB);
    expect(heap.alloc(4000 * MIB)).toBeGreaterThan(0);
  });

  it("refuses to free what is not a block in use", () => {
    const heap = new Heap(wasmPages(1), 4);
    const at = heap.alloc(100);
    heap.free(at);
    expect(() => heap.free(at)).toThrow(/no block in use/);
    expect(() => heap.free(0)).toThrow(/no block in use/);
    expect(() => heap.free(at + 1)).toThrow(/no block in use/);
  });

  it("says what was wanted and what is free, and changes nothing", () => {
    const heap = new Heap(wasmPages(1), 32);
    const kept = heap.alloc(MIB);
    const state = [heap.usedBytes, heap.freeBytes, heap.memory.buffer.byteLength];
    for (const bytes of [MIB, 2 ** 31, 2 ** 32, 2 ** 40]) {
      let caught: unknown;
      try {
        heap.alloc(bytes);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(MemoryError);
      expect(caught).toMatchObject({ wantedBytes: bytes, freeBytes: state[1] });
      expect([heap.usedBytes, heap.freeBytes, heap.memory.buffer.byteLength]).toEqual(state);
    }
    heap.free(kept);
    heap.free(heap.alloc(MIB + 1000));
  });
});

describe("programs and memory", () => {
  it("leave everything as it was when the arena does not fit", () => {
    const backend = createWasmBackend(1, 32);
    const lengths = [8, 1, 8];
    const plan = planOf(adding(8), lengths);
    const program = backend.compile({ ...plan, arenaBytes: 4096 });
    const [used, kernels] = [backend.usedBytes(), backend.kernelCount()];
    const large = { ...planOf(adding(9), [9, 1, 9]), arenaBytes: 16 * MIB };
    expect(() => backend.compile(large)).toThrow(MemoryError);
    expect([backend.usedBytes(), backend.kernelCount()]).toEqual([used, kernels]);
    const addresses = lengths.map((length) => backend.alloc(4 * length));
    backend.write(addresses[0]!, new Float32Array(8).fill(2));
    backend.write(addresses[1]!, Float32Array.of(3));
    addresses.forEach((address, buffer) => program.bind(buffer, address));
    expect(program.run()).toBeNull();
    expect(backend.read(addresses[2]!, "float32", 8)).toEqual(new Float32Array(8).fill(5));
  });

  it("follow the arena when another program makes it grow", () => {
    const backend = createWasmBackend(1, 512);
    const plan = (n: number, arenaBytes: number): Parameters<typeof backend.compile>[0] => ({
      buffers: [
        { dtype: "float32", length: n, place: { kind: "input", index: 0 } },
        { dtype: "float32", length: 1, place: { kind: "input", index: 1 } },
        { dtype: "float32", length: n, place: { kind: "arena", offset: arenaBytes - 4 * n } },
        { dtype: "float32", length: n, place: { kind: "output", index: 0 } },
      ],
      calls: [
        { kernel: adding(n), args: [0, 1, 2], origin: "first" },
        { kernel: adding(n), args: [2, 1, 3], origin: "second" },
      ],
      arenaBytes,
      donations: [-1],
    });
    const first = backend.compile(plan(100, 512));
    const [x, one, y] = [400, 4, 400].map((bytes) => backend.alloc(bytes)) as [
      number,
      number,
      number,
    ];
    backend.write(x, new Float32Array(100).fill(7));
    backend.write(one, Float32Array.of(1));
    first.bind(0, x);
    first.bind(1, one);
    first.bind(3, y);
    for (const bytes of [0, MIB, 4 * MIB]) {
      if (bytes > 0) backend.compile(plan(50, bytes));
      backend.write(y, new Float32Array(100));
      expect(first.run()).toBeNull();
      expect(backend.read(y, "float32", 100)).toEqual(new Float32Array(100).fill(9));
    }
  });

  it("run above 2 GiB", (context) => {
    const backend = createWasmBackend();
    let low: number;
    try {
      low = backend.alloc(3 * 1024 * MIB);
    } catch {
      context.skip("memory refused");
      return;
    }
    const n = 1000;
    const offset = 5;
    const kernel = adding(n, offset);
    const program = backend.compile(planOf(kernel, [n + offset, 1, n + offset]));
    const addresses = [n + offset, 1, n + offset].map((length) => backend.alloc(4 * length));
    // the first block lies below, these above
    const high = backend.alloc(64 * MIB);
    expect(high).toBeGreaterThan(2 ** 31);
    addresses[2] = high + 48 * MIB;
    const x = random("float32", n + offset) as Float32Array;
    backend.write(addresses[0]!, x);
    backend.write(addresses[1]!, Float32Array.of(1));
    addresses.forEach((address, buffer) => program.bind(buffer, address));
    expect(program.run()).toBeNull();
    const result = backend.read(addresses[2]! + 4 * offset, "float32", n);
    expect(result).toEqual(x.subarray(offset).map((value) => value + 1));
    backend.free(low);
    backend.free(high);
    program.release();
  });

  it("reach the last page of 4 GiB", (context) => {
    const heap = new Heap(wasmPages(16));
    try {
      heap.alloc(heap.freeBytes - 4096);
    } catch {
      context.skip("memory refused");
      return;
    }
    const backend = createWasmBackend(16);
    const bytes = backend.heap.freeBytes - 16384;
    const low = backend.alloc(bytes); // which ends where memory does
    const program = backend.compile(planOf(adding(7), [7, 1, 7]));
    const addresses = [192, 128, 64].map((before) => low + bytes - (bytes % 64) - before);
    expect(Math.max(...addresses)).toBeGreaterThan(2 ** 32 - 65536);
    backend.write(addresses[0]!, new Float32Array(7).fill(2));
    backend.write(addresses[1]!, Float32Array.of(3));
    addresses.forEach((address, buffer) => program.bind(buffer, address));
    expect(program.run()).toBeNull();
    expect(backend.read(addresses[2]!, "float32", 7)).toEqual(new Float32Array(7).fill(5));
    backend.free(low);
  });
});
