/** `nabla fit` and `nabla predict` from end to end, as processes. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { FIT_CHOICES } from "../../src/cli/choices.ts";
import { RUN_FILES } from "../../src/cli/run-files.ts";
import { VERSION } from "../../src/core/version.ts";
import { SCALER_KINDS } from "../../src/data/scaler.ts";
import { decodeSafetensors } from "../../src/io/safetensors.ts";
import { ACTIVATION_NAMES } from "../../src/models/activations.ts";
import { blocksOf } from "../support/documents.ts";
import { readFile } from "../support/files.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("fit");
});

describe("the main job", () => {
  it("reads, trains, reports and writes its run folder", async () => {
    const { code, stdout, stderr } = await cli.run("fit", NITROGEN);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("35 rows, 2 columns, separated by commas");
    expect(stdout).toContain("1 → 10 (tanh) → 1, 31 parameters, 35 rows");
    expect(stdout).toMatch(/^Epoch {3}500 {2}Loss: \d\.\d{6}$/m);
    expect(stdout).toMatch(/network +\S+ +\S+ +0\.99\d+/);
    expect(stdout).toContain(
      "Cp = a + b·T + c·T² + d·T³ with a = 0.99025, b = 9.4654e-5, c = 1.3035e-7, d = -5.3014e-11",
    );
    expect(stdout).toContain("Wrote runs/n2_cp (the default folder");
    const run = join(cli.folder, "runs/n2_cp");
    expect(readdirSync(run).sort()).toEqual([...RUN_FILES].sort());

    const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
    const last = JSON.parse(lines.at(-1)!) as { epoch: number; loss: number; rmse: number };
    expect(lines).toHaveLength(5001);
    expect([last.epoch, last.loss < 1e-3, last.rmse < 0.005]).toEqual([5000, true, true]);
    const config = JSON.parse(readFileSync(join(run, "config.json"), "utf8")) as { seed: number };
    expect(config).toMatchObject({ nabla: VERSION, x: "T_K", y: "Cp_kJ_per_kgK", seed: 42 });
    const model = decodeSafetensors(readFileSync(join(run, "model.safetensors")));
    expect(model.checked).toBe(true);
    expect(Object.keys(model.tensors).sort()).toEqual(["0.bias", "0.weight", "2.bias", "2.weight"]);
    expect(readFileSync(join(run, "fit.svg"), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  it("predicts from the model file alone, and says what lies outside", async () => {
    writeFileSync(
      join(cli.folder, "moved.safetensors"),
      readFileSync(join(cli.folder, "runs/n2_cp/model.safetensors")),
    );
    const { code, stdout } = await cli.run(
      "predict",
      "moved.safetensors",
      "--at",
      "275,300,1234.5,2100",
    );
    expect(code).toBe(0);
    const [head, below, first, inside, above] = stdout.split("\n");
    expect(head!.trim()).toBe("T_K  Cp_kJ_per_kgK");
    expect(below).toContain("outside the training range (T 300–2000 K): 25 K below it");
    expect(first!.trim().split(/\s+/)).toHaveLength(2);
    expect(Math.abs(Number(inside!.trim().split(/\s+/)[1]) - 1.2086)).toBeLessThan(0.01);
    expect(above).toContain("100 K above it");
  });

  it("is what the README shows", async () => {
    mkdirSync(join(cli.folder, "data"));
    writeFileSync(join(cli.folder, "data/n2_cp.csv"), readFile("data/n2_cp.csv"));
    const [fit, predict] = blocksOf("README.md", readFile("README.md"))
      .filter(({ language }) => language === "text")
      .map(({ code }) => `${code.replace("node dist/cli/main.js", "nabla")}\n`);
    expect((await cli.run("fit", "data/n2_cp.csv")).stdout).toBe(fit);
    const at = "275,300,1234.5,2100";
    expect((await cli.run("predict", "runs/n2_cp", "--at", at)).stdout).toBe(predict);
    const svg = readFileSync(join(cli.folder, "runs/n2_cp/fit.svg"), "utf8");
    expect(readFile("docs/nitrogen.svg") === svg, "docs/nitrogen.svg is what fit draws").toBe(true);
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    const model = async (out: string, seed: string): Promise<Buffer> => {
      const args = ["--epochs", "50", "--hidden", "4,3", "--seed", seed, "--out", out];
      expect((await cli.run("fit", NITROGEN, ...args)).code).toBe(0);
      return readFileSync(join(cli.folder, out, "model.safetensors"));
    };
    const first = await model("a", "7");
    expect((await model("b", "7")).equals(first)).toBe(true);
    expect((await model("c", "8")).equals(first)).toBe(false);
  });

  it("takes every option and a table with semicolons", async () => {
    const rows = readFile("data/n2_cp.csv").replaceAll(",", ";").replaceAll("\n", "\r\n");
    writeFileSync(join(cli.folder, "semi.csv"), `\ufeff${rows}`);
    const { code, stdout } = await cli.run(
      ...["fit", "semi.csv", "--x", "Cp_kJ_per_kgK", "--y", "T_K", "--hidden", "5"],
      ...["--activation", "relu", "--optimizer", "sgd", "--lr", "0.05", "--epochs", "20"],
      ...["--scale", "standard", "--seed", "3", "--out", "sub/deep"],
    );
    expect(code).toBe(0);
    expect(stdout).toContain("separated by semicolons");
    expect(stdout).toContain("1 → 5 (relu) → 1, 16 parameters, 35 rows");
    expect(stdout).toContain("Wrote sub/deep: ");
  });
});

describe("help", () => {
  it("shows three commands that work when nothing is asked for", async () => {
    const { code, stdout } = await cli.run();
    expect(code).toBe(0);
    expect(stdout.match(/^ {2}nabla .*$/gm)).toHaveLength(3);
    expect((await cli.run("--version")).stdout).toBe(`${VERSION}\n`);
  });

  it.each(["fit", "predict"])("of %s has examples", async (command) => {
    const { code, stdout } = await cli.run(command, "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples.*:\n {2}nabla /);
  });

  it("offers what the library knows", () => {
    expect(FIT_CHOICES.activation).toEqual(ACTIVATION_NAMES);
    expect(FIT_CHOICES.scale).toEqual(SCALER_KINDS);
    const manifest = JSON.parse(readFile("package.json")) as { version: string };
    expect(VERSION).toBe(manifest.version);
  });
});
