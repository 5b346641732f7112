/** Programs that are interrupted, or whose reader goes away, end as a shell expects. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
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
});
