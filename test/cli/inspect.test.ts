/** `nabla inspect`: what a file holds, in words and as JSON. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { VERSION } from "../../src/core/version.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("inspect");
  await cli.run("fit", NITROGEN, "--epochs", "30", "--out", "run", "--seed", "9");
});

it("says what a run's model is", async () => {
  const { code, stdout, stderr } = await cli.run("inspect", "run");
  expect([code, stderr]).toEqual([0, ""]);
  for (const part of [
    "checksum verified",
    "Network  1 → 10 (tanh) → 1",
    "input   T_K            300 to 2000 K",
    "target  Cp_kJ_per_kgK  1.041 to 1.284 kJ/(kg·K)",
    "Scaling  minmax",
    "Trained  Adam, rate 0.01, 30 epochs, seed 9, final loss",
    `Version  Nabla ${VERSION}`,
    "4 tensors, 31 numbers",
    "report run",
  ]) {
    expect(stdout).toContain(part);
  }
  expect(stdout).toMatch(/^0\.weight +float32 +\[10, 1\] +10 /m);
});

it("says the same as JSON, and nothing else", async () => {
  const { stdout } = await cli.run("inspect", "run/model.safetensors", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    checksum: "verified",
    version: VERSION,
    network: { inputs: 1, hidden: [10], outputs: 1, activation: "tanh", parameters: 31 },
    inputs: [{ name: "T_K", min: 300, max: 2000 }],
    provenance: { seed: 9, epochs: 30 },
  });
});

it("lists the tensors of any safetensors file", async () => {
  const data = Float32Array.of(1, -2, 0.5);
  const bytes = encodeSafetensors(
    { "a\u001b[2J": { dtype: "float32", shape: [3], data } },
    { by: "me" },
  );
  writeFileSync(join(cli.folder, "other.safetensors"), bytes);
  const { stdout } = await cli.run("inspect", "other.safetensors");
  expect(stdout).toContain("by: me");
  expect(stdout).toContain("a\\x1b[2J");
  expect(stdout).not.toContain("\u001b");
});

it("refuses a damaged file by name", async () => {
  const bytes = readFileSync(join(cli.folder, "run/model.safetensors"));
  bytes[bytes.length - 5]! ^= 4;
  writeFileSync(join(cli.folder, "damaged.safetensors"), bytes);
  const { code, stderr } = await cli.run("inspect", "damaged.safetensors");
  expect([code, stderr]).toEqual([1, expect.stringMatching(/damaged\.safetensors.*checksum/)]);
});
