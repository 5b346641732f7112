/** Programs that are interrupted, or whose reader goes away, end as a shell expects. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { host } from "../../src/host/node.ts";
import { bundleForNode } from "../support/documents.ts";
import { ROOT } from "../support/files.ts";

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program; `act` is called once it has printed something. */
async function run(
  name: string,
  program: string,
  act: (child: ReturnType<typeof spawn>) => void,
): Promise<Ended> {
  mkdirSync(`${ROOT}.cache/host`, { recursive: true });
  const path = `${ROOT}.cache/host/${name}.ts`;
  writeFileSync(path, `import { host } from "#host";\n${program}`);
  const child = spawn(process.execPath, [await bundleForNode(path)], { timeout: 20_000 });
  let [out, err] = ["", ""];
  child.stdout.once("data", () => act(child));
  child.stdout.on("data", (data) => (out += String(data)));
  child.stderr.on("data", (data) => (err += String(data)));
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** A file of one repeated byte: half-written content would show as a mix or as another length. */
const SIZE = 300_000;

const wait = `setInterval(() => undefined, 1000);`;

describe.skipIf(process.platform === "win32")("a program", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("saves at %s, then exits as told", async (signal) => {
    const program = `
      host.onSignal((name) => {
        host.write("stdout", "saved at " + name + "\\n");
        host.exit(name === "SIGINT" ? 130 : 143);
      });
      host.write("stdout", "ready\\n");
      ${wait}`;
    const ended = await run(signal, program, (child) => child.kill(signal));
    expect(ended).toEqual({
      code: signal === "SIGINT" ? 130 : 143,
      out: `ready\nsaved at ${signal}\n`,
      err: "",
    });
  });

  it("ends at the second signal even while it saves", async () => {
    const program = `
      host.onSignal(() => host.write("stdout", "saving\\n"));
      host.write("stdout", "ready\\n");
      ${wait}`;
    const ended = await run("twice", program, (child) => {
      child.kill("SIGINT");
      child.stdout!.once("data", () => child.kill("SIGINT"));
    });
    expect(ended.code).toBe(130);
  });

  it("is told when nobody reads any more, without a stack trace", async () => {
    const program = `
      const step = (k) => {
        if (!host.write("stdout", "line " + k + "\\n")) return host.write("stderr", "closed\\n");
        setTimeout(step, 1, k + 1);
      };
      step(0);`;
    const ended = await run("closed", program, (child) => child.stdout!.destroy());
    expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: "closed\n" });
  });

  it("killed while it saves leaves a whole file, and the next save removes the leftovers", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nabla-kill-"));
    const path = join(folder, "state");
    const program = `
      const path = ${JSON.stringify(path)};
      for (let k = 0; ; k++) {
        await host.writeFileAtomic(path, new Uint8Array(${SIZE}).fill(k & 255));
        if (k === 0) host.write("stdout", "ready\\n");
      }`;
    for (let round = 0; round < 6; round++) {
      const kill = (child: ReturnType<typeof spawn>): void => {
        setTimeout(() => child.kill("SIGKILL"), 7 * round);
      };
      await run("kill", program, kill);
      const bytes = await readFile(path);
      expect(bytes.length).toBe(SIZE);
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
    }
    await host.writeFileAtomic(path, "done");
    expect(await readdir(folder)).toEqual(["state"]);
  });
});
