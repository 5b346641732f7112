/** `nabla fit --resume`: a training that goes on gives the bits of one that never stopped. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUN_FILES } from "../../src/cli/run-files.ts";
import { looked } from "../support/guard.ts";
import type { Cli, Ended } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

const fileOf = (...path: string[]): Buffer => readFileSync(join(cli.folder, ...path));
const fit = (...args: string[]): Promise<Ended> => cli.run("fit", ...args, "--quiet");
const resume = (folder: string, ...args: string[]): Promise<Ended> =>
  fit("data/n2_cp.csv", "--resume", folder, ...args);

function refused({ code, stdout, stderr }: Ended, message: RegExp, expected = 1): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^nabla: [^\n]*\n$/);
  expect([code, stdout]).toEqual([expected, ""]);
}

beforeAll(async () => {
  cli = await makeCli("resume");
  mkdirSync(join(cli.folder, "data"));
  cpSync(NITROGEN, join(cli.folder, "data/n2_cp.csv"));
  const kinds = Array.from(
    { length: 30 },
    (_, i) => `${(i * 7) % 30},${i % 3 ? "a" : "b"},${i % 2}`,
  );
  writeFileSync(join(cli.folder, "kinds.csv"), `x,k,y\n${kinds.join("\n")}\n5,,1\n`);
  expect((await fit("data/n2_cp.csv", "--epochs", "60", "--out", "sixty")).code).toBe(0);
});

afterAll(() => cli.stopAll());

describe("100 epochs are 60 and 40, bit for bit", { timeout: 120_000 }, () => {
  const batches = ["--batch", "8", "--dropout", "0.2", "--val", "0.2"];
  it.each<[string, string, ...string[]]>([
    ["as they come", "data/n2_cp.csv"],
    ["in batches, with dropout and rows held out", "data/n2_cp.csv", ...batches],
    ["with early stopping", "data/n2_cp.csv", "--val", "0.3", "--early-stop", "200", "--lr", "0.3"],
    ["by gradient descent", "data/n2_cp.csv", "--optimizer", "sgd", "--weight-decay", "0.01"],
    ["of classes", "kinds.csv", "--y", "y", "--classify", "--missing", "mean", "--hidden", "4,3"],
  ])("%s", async (name, table, ...flags) => {
    const base = name.replaceAll(/\W+/g, "-");
    const [whole, parts] = [`${base}-whole`, `${base}-parts`];
    expect((await fit(table, ...flags, "--epochs", "100", "--out", whole)).code).toBe(0);
    expect((await fit(table, ...flags, "--epochs", "60", "--out", parts)).code).toBe(0);
    expect(fileOf(parts, "model.safetensors").equals(fileOf(whole, "model.safetensors"))).toBe(
      false,
    );
    const ended = await fit(table, "--resume", parts, "--epochs", "100");
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
    expect(readdirSync(join(cli.folder, parts)).sort()).toEqual([...RUN_FILES].sort());
    for (const file of RUN_FILES) {
      expect(fileOf(parts, file).equals(fileOf(whole, file)), file).toBe(true);
    }
  });

  it("stopped by a signal and gone on with, wherever that was", async ({ task }) => {
    const flags = ["data/n2_cp.csv", "--epochs", "20000", "--batch", "12"];
    expect((await fit(...flags, "--out", "never-stopped")).code).toBe(0);
    const { child, ended } = cli.start("fit", ...flags, "--out", "stopped");
    await new Promise<void>((resolve) => {
      child.stdout!.on("data", (text) => String(text).includes("Epoch  2000") && resolve());
    });
    child.kill("SIGTERM");
    expect((await ended).code).toBe(143);
    const at = /after epoch (\d+) of 20000/.exec((await ended).stderr)![1]!;
    expect((await resume("stopped")).code).toBe(0);
    for (const file of RUN_FILES) {
      expect(fileOf("stopped", file).equals(fileOf("never-stopped", file)), file).toBe(true);
    }
    looked(task, `resume: stopped at epoch ${at} of 20000, went on to the same bits`);
  });
});

describe("a run that goes on", () => {
  it("says so, stays answerable, and leaves the old one where --out names another", async () => {
    const before = fileOf("sixty", "model.safetensors");
    const args = ["--resume", "sixty", "--epochs", "90", "--out", "ninety"];
    const { code, stdout } = await cli.run("fit", "data/n2_cp.csv", ...args);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("Going on with sixty at epoch 60."),
    ]);
    expect(stdout).not.toContain("Epoch     0");
    expect(fileOf("sixty", "model.safetensors").equals(before)).toBe(true);
    for (const args of [
      ["predict", "ninety", "--at", "500"],
      ["inspect", "ninety/training.safetensors"],
      ["report", "ninety"],
      ["export", "ninety", "--to", "numpy"],
    ]) {
      expect([(await cli.run(...args)).code, args]).toEqual([0, args]);
    }
    refused(
      await cli.run("predict", "ninety/training.safetensors", "--at", "500"),
      /it is the state of a training; the model is model\.safetensors beside it/,
    );
  });
});

describe("what is not the same training is refused", () => {
  it("other settings, all in one sentence", async () => {
    const given = ["--hidden", "5", "--lr", "0.1", "--seed", "42", "--weight-decay", "0.5"];
    refused(
      await resume("sixty", "--epochs", "90", ...given, "--missing", "drop"),
      /"sixty" cannot go on with other settings: --missing is drop, the run has none; --hidden is 5, the run has 10; --lr is 0\.1, the run has 0\.01; --weight-decay is 0\.5, the run has 0\. Leave them out/,
    );
    refused(
      await resume("sixty", "--epochs", "90", "--folds", "3"),
      /--resume cannot be combined with --folds or --sweep/,
      2,
    );
  });

  it("epochs that it has already", async () => {
    refused(await resume("sixty"), /has 60 epochs already; .* such as --epochs 120/);
    refused(await resume("sixty", "--epochs", "50"), /has 60 epochs already/);
  });

  it("another table", async () => {
    const text = String(fileOf("data/n2_cp.csv"));
    const tables = {
      "fewer.csv": text.trimEnd().split("\n").slice(0, -1).join("\n"),
      "other.csv": text.replace("1.0413", "1.0414"),
    };
    for (const [name, content] of Object.entries(tables)) {
      writeFileSync(join(cli.folder, name), content);
      refused(
        await fit(name, "--resume", "sixty", "--epochs", "90"),
        new RegExp(
          `"${name}" is not the table that "sixty" was fitted to: its numbers or its rows`,
        ),
      );
    }
    writeFileSync(join(cli.folder, "renamed.csv"), text.replace("T_K", "T_C"));
    refused(await fit("renamed.csv", "--resume", "sixty", "--epochs", "90"), /no column "T_K"/);
  });

  it("an early stop that was reached", async () => {
    const flags = ["--val", "0.3", "--early-stop", "3", "--lr", "1", "--epochs", "5000"];
    expect((await fit("data/n2_cp.csv", ...flags, "--out", "dry")).code).toBe(0);
    refused(
      await resume("dry", "--epochs", "9000"),
      /ended by itself at epoch \d+: .* for 3 epochs/,
    );
  });

  it("a run of an older version, which answers all the same", async () => {
    cpSync(join(cli.folder, "sixty"), join(cli.folder, "older"), { recursive: true });
    rmSync(join(cli.folder, "older/training.safetensors"));
    const config = JSON.parse(String(fileOf("older/config.json"))) as {
      checksums: Record<string, string>;
    };
    delete config.checksums["training.safetensors"];
    writeFileSync(join(cli.folder, "older/config.json"), JSON.stringify(config));
    refused(await resume("older", "--epochs", "90"), /holds no training\.safetensors, the state/);
    for (const args of [
      ["predict", "older", "--at", "500"],
      ["report", "older"],
      ["inspect", "older"],
    ]) {
      expect((await cli.run(...args)).code).toBe(0);
    }
  });

  it("a state that is damaged, or of another run", async () => {
    cpSync(join(cli.folder, "sixty"), join(cli.folder, "bad"), { recursive: true });
    const bytes = fileOf("bad/training.safetensors");
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(join(cli.folder, "bad/training.safetensors"), bytes);
    refused(
      await resume("bad", "--epochs", "90"),
      /"bad" holds files of different runs: training\.safetensors does not belong/,
    );
    expect((await cli.run("predict", "bad", "--at", "500")).code).toBe(0);
    refused(await resume("nowhere", "--epochs", "90"), /there is no run folder "nowhere"/);
  });
});
