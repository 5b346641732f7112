/** The device `native` beside `wasm`, and the cache of what the compiler made. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, manualSeed, nn, optim, randn, ready, setDefaultDevice, tensor } from "nabla";
import type { Tensor } from "nabla";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createNativeBackend } from "../../src/backend/native/backend.ts";
import { createNativeBackend as absent } from "../../src/backend/native/absent.ts";
import { chooseDevice, deviceStates } from "../../src/cli/device.ts";
import { MemoryError } from "../../src/core/errors.ts";
import { openNative } from "../../src/host/native.ts";
import type { DeviceName } from "../../src/runtime/device.ts";
import { sourceAlias } from "../support/child.ts";
import { ROOT } from "../support/files.ts";
import { needDevice } from "../support/native.ts";
import { KERNELS } from "./canonical-kernels.ts";

beforeEach((context) => needDevice("native", context));
afterEach(() => setDefaultDevice("wasm"));

function nitrogen(): { x: number[][]; y: number[][] } {
  const [, ...lines] = readFileSync(`${ROOT}data/n2_cp.csv`, "utf8").trim().split("\n");
  const rows = lines.map((line) => line.split(",").map(Number));
  return { x: rows.map(([a]) => [a! / 1000]), y: rows.map(([, b]) => [b! / 30]) };
}

/** The losses and the last weights of the README's loop, plain or compiled. */
async function train(device: DeviceName, compiled: boolean): Promise<number[]> {
  setDefaultDevice(device);
  manualSeed(42);
  const data = nitrogen();
  const [x, y] = [tensor(data.x), tensor(data.y)];
  const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
  const lossFn = new nn.MSELoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const once = (input: Tensor, target: Tensor): Tensor => {
    const loss = lossFn.forward(model.forward(input), target);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const step = compiled ? compile(once) : once;
  const losses: number[] = [];
  for (let epoch = 0; epoch < 50; epoch++) losses.push(await step(x, y).item());
  for (const p of model.parameters()) losses.push(...(await p.detach().data()));
  return losses;
}

describe("native", () => {
  test("trains as wasm does but for what products round, plain and compiled alike", async () => {
    const want = await train("wasm", true);
    expect(want.every(Number.isFinite)).toBe(true);
    expect(want[49]).toBeLessThan(want[0]!);
    const compiled = await train("native", true);
    expect(await train("native", false)).toEqual(compiled);
    compiled.forEach((value, at) => expect(Math.abs(value - want[at]!)).toBeLessThan(1e-6));
  });

  test("has the same bits for any number of threads", async () => {
    setDefaultDevice("native");
    manualSeed(7);
    const [a, b, image] = [randn([301, 403]), randn([403, 299]), randn([6, 3, 40, 37])];
    const conv = new nn.Conv2d(3, 20, 3, { padding: 1 });
    const sets: Float32Array[] = [];
    for (const threads of [1, 2]) {
      await ready({ threads });
      const rows = a.matmul(b).softmax(-1);
      const all = [
        rows,
        rows.sum(0),
        a.exp().add(1),
        conv.forward(image),
        b.transpose(0, 1).matmul(a.t()),
      ];
      sets.push(Float32Array.from(all.flatMap((x) => [...(x.dataSync() as Float32Array)])));
    }
    expect(sets[1]).toEqual(sets[0]);
    expect(sets[0]!.every(Number.isFinite)).toBe(true);
    await expect(ready({ threads: 0 })).rejects.toThrow("need a whole number from 1");
  });

  test("ends a process while its workers wait", async () => {
    const contents = `import { randn, setDefaultDevice } from "nabla"; setDefaultDevice("native");
      const x = randn([300, 300]); for (let i = 0; i < 5; i++) x.matmul(x).exp();`;
    const outfile = `${ROOT}.cache/native-ends.mjs`; // koffi is found from here
    const stdin = { contents, resolveDir: ROOT };
    const options = { bundle: true, platform: "node", format: "esm" } as const;
    await build({ stdin, outfile, ...options, alias: sourceAlias("node"), logLevel: "error" });
    const { status, signal, stderr } = spawnSync(process.execPath, [outfile], { encoding: "utf8" });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
  });

  test("fails as wasm fails, and goes on", () => {
    const messageOn = (device: DeviceName, run: () => unknown): string => {
      setDefaultDevice(device);
      try {
        run();
      } catch (error) {
        return (error as Error).message;
      }
      return "nothing";
    };
    const index = (): unknown =>
      tensor([1, 2, 3])
        .gather(0, tensor([0, 7], { dtype: "int32" }))
        .dataSync();
    const sum = (): unknown => tensor([2147483647, 1], { dtype: "int32" }).sum().itemSync();
    for (const run of [index, sum]) {
      const message = messageOn("wasm", run);
      expect(message).toMatch(/out of range|does not fit/);
      expect(messageOn("native", run)).toBe(message);
    }
    setDefaultDevice("native");
    expect(tensor([1, 2]).add(1).toArraySync()).toEqual([2, 3]);
  });

  test("runs above 2 GiB, and says how much is free where memory ends", () => {
    const backend = createNativeBackend();
    const kernel = KERNELS["map-10"]!;
    const program = backend.compile({
      buffers: [0, 1, 2].map((index) => ({
        dtype: "float32",
        length: 10,
        place: index < 2 ? { kind: "input", index } : { kind: "output", index: 0 },
      })),
      calls: [{ kernel, args: [0, 1, 2], origin: "add" }],
      arenaBytes: 0,
      donations: [-1],
    });
    const addresses = [0, 1, 2].map(() => backend.alloc(64 * 1024 * 1024));
    expect(Math.min(...addresses)).toBeGreaterThan(2 ** 31);
    const rest = backend.alloc(3 * 1024 ** 3);
    backend.write(addresses[0]!, new Float32Array(10).fill(2));
    backend.write(addresses[1]!, new Float32Array(10).fill(3));
    addresses.forEach((address, buffer) => program.bind(buffer, address));
    expect(program.run()).toBeNull();
    expect(backend.read(addresses[2]!, "float32", 10)).toEqual(new Float32Array(10).fill(5));
    const wanted = 2 * 1024 ** 3;
    const error = thrownBy(() => backend.alloc(wanted)) as MemoryError;
    expect(error).toBeInstanceOf(MemoryError);
    expect(error.message).toContain(`wanted ${wanted} bytes`);
    for (const address of [rest, ...addresses]) backend.free(address);
    expect(backend.alloc(wanted)).toBeGreaterThan(0);
  });

  test("is described, and chosen where a network is large", () => {
    const [, native] = deviceStates();
    expect(native).toMatchObject({ name: "native", state: "ready" });
    expect(native!.text).toMatch(/^C compiled by .*, vectors of (32|64) bytes/);
    const small = "the network is too small to gain by native code";
    expect(chooseDevice("auto", 1000)).toEqual({ name: "wasm", why: small });
    expect(chooseDevice("auto", 1e7)).toEqual({ name: "native", why: native!.text });
  });

  test("where there is none, says so", () => {
    expect(thrownBy(absent)).toMatchObject({ code: "device" });
    vi.stubEnv("CC", "no-such-compiler");
    expect(thrownBy(() => openNative(""))).toMatchObject({
      code: "device",
      message: expect.stringMatching(/needs a C compiler, and no-such-compiler cannot be run/),
    });
    vi.unstubAllEnvs();
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("the cache", () => {
  let home = "";
  const one = "int32_t NAME(int32_t x) { return x + 1; }";
  const two = "int32_t NAME(int32_t x) { return x + 2; }";
  const prelude = "#include <stdint.h>\n";

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "nabla-cache-"));
    vi.stubEnv("XDG_CACHE_HOME", home);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });

  /** The folder of the one set of tools that was used. */
  function folder(): string {
    const parent = join(home, "nabla", "native");
    return join(parent, readdirSync(parent)[0]!);
  }

  const call = (text: string): number => openNative(prelude).callable(text, "int", ["int"])(40);

  test("keeps functions by their text, however they were compiled", () => {
    openNative(prelude).addresses([one, two]);
    const made = readdirSync(folder());
    expect(made.length).toBe(2);
    expect([call(two), call(one)]).toEqual([42, 41]);
    expect(readdirSync(folder())).toEqual(made);
  });

  test("makes a damaged file again", () => {
    openNative(prelude); // makes the folder
    const name = `${createHash("sha256").update(one).digest("hex").slice(0, 32)}.so`;
    writeFileSync(join(folder(), name), "no library");
    expect(call(one)).toBe(41);
    expect(readdirSync(folder())).toEqual([name]);
    expect(readFileSync(join(folder(), name)).length).toBeGreaterThan(1000);
  });

  test("shows nothing of a compiler that was killed, and removes what it left", () => {
    const cc = join(home, "cc");
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo one && exit 0\n`;
    writeFileSync(
      cc,
      `${script}for a; do case "$a" in *k.so) echo half > "$a";; esac; done\nkill -9 $$\n`,
    );
    chmodSync(cc, 0o755);
    vi.stubEnv("CC", cc);
    expect(() => openNative(prelude).addresses([one])).toThrow(/failed/);
    expect(readdirSync(folder())).toEqual([]);
    const left = join(folder(), ".new-old");
    mkdirSync(left);
    utimesSync(left, 0, 0);
    openNative(prelude);
    expect(readdirSync(folder())).toEqual([]);
  });

  test("is not needed", () => {
    writeFileSync(join(home, "nabla"), "a file where the folder would be");
    expect(call(two)).toBe(42);
  });
});
