/** What goes wrong at the command line: one clear sentence, an exit code, no half-written file. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUN_FILES } from "../../src/cli/run-files.ts";
import type { Cli, Ended } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("faults");
  const files: Record<string, string> = {
    "one.csv": "a,b\n1,2\n",
    "constant.csv": "a,b\n1,2\n2,2\n",
    "text.csv": "a,b\n1,2\n2,20kg\n",
    "units.csv": "a,b\n1,20kg\n2,30lb\n3,31kg\n",
    "hex.csv": "a,b\n0x1F,1\n0x2F,2\n3,4\n",
    "thousands.csv": "a;b\n1,234;1\n2,345;2\n3,111;3\n",
    "empty-cell.csv": "a,b\n1,2\n2,\n",
    "single.csv": "a\n1\n2\n",
    "huge.csv": "a,b\n1,1e39\n2,1\n",
    "nan.csv": "a,b\n1,NaN\n2,1\n",
    "escape.csv": "a,\u001b[31mred\n1,2\n2,x\n",
    file: "",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cli.folder, name), text);
});

afterAll(() => cli.stopAll());

function expectOneSentence({ code, stderr }: Ended, message: RegExp, wanted = 1): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^nabla: [^\n]*\n$/);
  expect(stderr).not.toMatch(/ at .*\.m?[jt]s:\d/);
  expect(code).toBe(wanted);
}

describe("one sentence for", () => {
  it.each<[string, string[], RegExp]>([
    ["a missing file", ["nowhere.csv"], /cannot read "nowhere\.csv": there is no such file/],
    ["a folder", ["."], /cannot read "\.".*folder/],
    ["a missing column", [NITROGEN, "--x", "Temp"], /no column "Temp"; .*T_K, Cp_kJ_per_kgK/],
    ["one column twice", [NITROGEN, "--x", "T_K", "--y", "T_K"], /both name the column T_K/],
    ["no input left", [NITROGEN, "--y", "T_K,Cp_kJ_per_kgK"], /--y names every column that can be/],
    ["one column in all", ["single.csv"], /has 1 column of numbers/],
    ["numbers of two units", ["units.csv"], /column "b": "20kg" and "30lb" are not of one unit/],
    ["hexadecimal", ["hex.csv"], /Line 2, column "a": "0x1F" is not a number\./],
    ["thousands", ["thousands.csv"], /column "a": "1,234" could be read in two ways/],
    ["text among numbers", ["text.csv"], /text\.csv, line 3, column "b": "20kg" is not a number/],
    ["an empty cell", ["empty-cell.csv"], /line 3, column "b": the cell is empty/],
    ["NaN in the data", ["nan.csv"], /line 2, column "b": "NaN" stands where a number is needed/],
    ["one row", ["one.csv"], /column a has 1 row; a fit needs at least 2/],
    ["a constant column", ["constant.csv"], /column b is constant \(2 in all 2 rows\)/],
    ["more than float32 holds", ["huge.csv", "--scale", "none"], /does not fit into float32/],
    ["a name with an escape", ["escape.csv"], /column "\\x1b\[31mred": "x"/],
    ["a folder under a file", [NITROGEN, "--out", "file/run"], /cannot make folder "file\/run"/],
  ])("%s", async (_, args, message) => {
    expectOneSentence(await cli.run("fit", ...args), message);
    expect(existsSync(join(cli.folder, "runs/n2_cp"))).toBe(false);
  });

  it.each<[string[], RegExp]>([
    [["fit", NITROGEN, "--hiden", "3"], /unknown option '--hiden'.*--hidden/],
    [["fit", NITROGEN, "--lr", "0x10"], /'0x10' is invalid\. Give a number above 0/],
    [["fit", NITROGEN, "--lr", "-1"], /Give a number above 0/],
    [["fit", NITROGEN, "--epochs", "1.5"], /Give a whole number from 1/],
    [["fit", NITROGEN, "--hidden", "10,x"], /Give widths from 1/],
    [["fit", NITROGEN, "--activation", "sin"], /Allowed choices are tanh/],
    [["fit"], /missing required argument 'table'/],
    [["predict", "run"], /give inputs with --at 275,300 or with --csv new\.csv; there is neither/],
    [["predict", "run", "--at", "3", "--csv", "x.csv"], /there are both/],
    [["fit", NITROGEN, "--val", "1"], /Give a number from 0 to below 1/],
    [["fit", NITROGEN, "--early-stop", "5"], /--early-stop needs rows to judge by: add --val/],
    [["fit", NITROGEN, "--sweep", "hiden=3"], /Give OPTION=VALUES, such as hidden=2,5,10/],
    [["fit", NITROGEN, "--sweep", "constructor=3"], /Give OPTION=VALUES/],
    [["fit", NITROGEN, "--missing", "zero"], /Allowed choices are drop, mean/],
    [["train"], /no command "train"; there are: fit, predict/],
    [["fot", NITROGEN], /no command "fot" \(fit\?\); there are/],
  ])("%j", async (args, message) => expectOneSentence(await cli.run(...args), message, 2));

  it("a diverging run, which stops at once and keeps the last good one", async () => {
    expect((await cli.run("fit", NITROGEN, "--epochs", "5", "--out", "kept")).code).toBe(0);
    const before = readFileSync(join(cli.folder, "kept/model.safetensors"));
    const args = ["--optimizer", "sgd", "--lr", "1e6", "--out", "kept"];
    const ended = await cli.run("fit", NITROGEN, ...args);
    expectOneSentence(
      ended,
      new RegExp(
        "diverged: the loss was \\S+ at epoch \\d+: the loss \\(MSELoss\\) overflowed on inputs " +
          "up to \\S+; \\d\\.weight has grown to \\S+\\. Try a smaller",
      ),
    );
    expect(ended.stderr).toContain("try 0.01), or --optimizer adam");
    expect(readFileSync(join(cli.folder, "kept/model.safetensors")).equals(before)).toBe(true);
  });
});

describe("a rate that is too large", () => {
  it("stops a batch within its epoch, and an update whose gradient overflows", async () => {
    const batches = ["--optimizer", "sgd", "--lr", "1e6", "--batch", "8"];
    expectOneSentence(
      await cli.run("fit", NITROGEN, ...batches),
      /was Infinity at epoch 0: the loss/,
    );
    // The loss of wide numbers is finite; its gradient times them is not.
    const rows = ["a,b", ...Array.from({ length: 9 }, (_, i) => `${i + 1}e30,${i * i + 1}e18`), ""];
    writeFileSync(join(cli.folder, "wide.csv"), rows.join("\n"));
    const wide = ["--scale", "none", "--optimizer", "sgd", "--activation", "relu"];
    expectOneSentence(
      await cli.run("fit", "wide.csv", ...wide),
      /diverged: .* at epoch \d: (?:the update of \d\.\w+|layer \d \(Linear\)|the loss)/,
    );
  });

  it("is one row of a sweep, unless every setting diverges", async () => {
    const sweep = ["fit", NITROGEN, "--val", "0.2", "--epochs", "30", "--out", "rates", "--sweep"];
    const some = await cli.run(...sweep, "lr=1e30,0.01");
    expect([some.code, some.stderr]).toEqual([0, ""]);
    expect(some.stdout).toMatch(/\n +1e30 +diverged\n +0\.01 +31 /);
    expectOneSentence(await cli.run(...sweep, "lr=1e30,1e31"), /every setting diverged\. Try a/);
  });

  it("that stays finite is said to have learned nothing", async () => {
    const { code, stdout } = await cli.run("fit", NITROGEN, "--lr", "1e6", "--epochs", "200");
    expect(code).toBe(0);
    expect(stdout).toMatch(/Nothing was learned: the loss began at 0\.\d+\. Try a smaller --lr/);
  });
});

const untilTrace = (child: ReturnType<Cli["start"]>["child"]): Promise<void> =>
  new Promise((resolve, reject) => {
    child.stdout!.on("data", (data) => String(data).includes("Epoch") && resolve());
    child.on("close", () => reject(new Error("it ended before its first epoch")));
  });

describe("stopping", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s finishes the epoch, saves, and exits with %i", async (signal, code) => {
    const out = `stopped-${signal}`;
    const { child, ended } = cli.start("fit", NITROGEN, "--epochs", "1000000000", "--out", out);
    await untilTrace(child);
    child.kill(signal);
    const result = await ended;
    expectOneSentence(
      result,
      new RegExp(`stopped by ${signal} after epoch \\d+ of 1000000000`),
      code,
    );
    expect(readdirSync(join(cli.folder, out))).toHaveLength(RUN_FILES.length);
    expect((await cli.run("predict", out, "--at", "500")).code).toBe(0);
  });

  it("a closed standard output saves and exits with 141", async () => {
    const { child, ended } = cli.start(
      ...["fit", NITROGEN, "--epochs", "2000000", "--out", "closed"],
    );
    await untilTrace(child);
    child.stdout!.destroy();
    const result = await ended; // the next line of the trace finds the reader gone
    expectOneSentence(result, /standard output was closed after epoch \d+ of 2000000/, 141);
    expect(readdirSync(join(cli.folder, "closed"))).toHaveLength(RUN_FILES.length);
  });
});

it("two runs in one folder do not mix; a killed one leaves it free", async () => {
  const first = cli.start("fit", NITROGEN, "--epochs", "1000000000", "--out", "shared");
  await untilTrace(first.child);
  const second = await cli.run("fit", NITROGEN, "--epochs", "5", "--out", "shared");
  expectOneSentence(second, /"shared" is in use by another process \(\d+\)/);
  first.child.kill("SIGKILL");
  await first.ended;
  expect((await cli.run("fit", NITROGEN, "--epochs", "5", "--out", "shared")).code).toBe(0);
  expect(readdirSync(join(cli.folder, "shared"))).toHaveLength(RUN_FILES.length);
});

describe("a damaged model file", () => {
  it("is refused by name, wherever it is damaged", async () => {
    await cli.run("fit", NITROGEN, "--epochs", "5", "--out", "good");
    const good = readFileSync(join(cli.folder, "good/model.safetensors"));
    mkdirSync(join(cli.folder, "bad"));
    const damaged = (change: (bytes: Buffer) => Buffer): Promise<Ended> => {
      writeFileSync(join(cli.folder, "bad/model.safetensors"), change(Buffer.from(good)));
      return cli.run("predict", "bad", "--at", "500");
    };
    const flip = (at: number) => (bytes: Buffer) => {
      bytes[at]! ^= 1;
      return bytes;
    };
    const message = /cannot use "bad\/model\.safetensors": safetensors: /;
    expectOneSentence(await damaged((bytes) => bytes.subarray(0, bytes.length - 9)), message);
    expectOneSentence(await damaged(flip(good.length - 5)), /the file is damaged/);
    const digit = good.indexOf('\\"min\\":300') + 8; // still valid text: 300 becomes 200
    expectOneSentence(await damaged(flip(digit)), /the file is damaged/);
    const key = good.indexOf("checksum");
    expectOneSentence(await damaged(flip(key)), /damaged: its checksum stands under "nabla\.\w+"/);
    expectOneSentence(await damaged(() => Buffer.from("PK\u0003\u0004 not a model")), message);
    expectOneSentence(await damaged(() => Buffer.alloc(0)), message);
  });
});

it("a full disk leaves the old files whole", async ({ skip, task }) => {
  const disk = join(cli.folder, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    task.meta.skipped = "mounting a small tmpfs is not permitted here";
    return skip(task.meta.skipped);
  }
  try {
    expect((await cli.run("fit", NITROGEN, "--epochs", "20", "--out", "disk/run")).code).toBe(0);
    const before = readFileSync(join(disk, "run/model.safetensors"));
    const filler = "x".repeat(1024);
    const fill = (): void => {
      for (let k = 0; ; k++) writeFileSync(join(disk, `fill-${k}`), filler);
    };
    expect(fill).toThrow(/ENOSPC/);
    const again = (): Promise<Ended> =>
      cli.run("fit", NITROGEN, "--epochs", "30", "--out", "disk/run");
    expectOneSentence(await again(), /cannot lock .*: no space is left on the device/);
    rmSync(join(disk, "fill-0")); // room for the lock, not for the files
    expectOneSentence(await again(), /cannot save "disk\/run\/[\w.]+": no space is left/);
    expect(readdirSync(join(disk, "run"))).toHaveLength(RUN_FILES.length);
    expect(readFileSync(join(disk, "run/model.safetensors")).equals(before)).toBe(true);
  } finally {
    execFileSync("umount", [disk]);
  }
});
