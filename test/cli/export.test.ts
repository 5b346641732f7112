/** `nabla export`: its programs run, and give what the library gives. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import ts from "typescript";
import type { TestContext } from "vitest";
import { beforeAll, describe, expect, it } from "vitest";
import { FittedModel } from "../../src/train/table/fitted.ts";
import { pythonWith, runPython } from "../support/python.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

/** Runs of different make: the flags of `nabla fit`. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  adam: [],
  sgd: ["--optimizer", "sgd", "--lr", "0.2", "--scale", "standard", "--seed", "7"],
  deep: ["--hidden", "7,5", "--activation", "gelu", "--seed", "3"],
  relu: ["--activation", "relu"],
  sigmoid: ["--activation", "sigmoid"],
  leaky: ["--activation", "leakyrelu", "--hidden", "6,4"],
};

/** Texts among the inputs, classes as target, rows held out. */
const CLASSES = ["a,kind,b", "label"];
const ROWS = Array.from({ length: 30 }, (_, i) => {
  const kind = ["red", "green", "blue"][(i * 7) % 3]!;
  return `${i % 10},${kind},${(i * i) % 11},${i % 10 > 4 || kind === "red" ? "yes" : "no"}`;
});

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("export");
  writeFileSync(join(cli.folder, "classes.csv"), [CLASSES.join(), ...ROWS, ""].join("\n"));
  for (const [name, flags] of [...Object.entries(RUNS), ["classes", ["--val", "0.2"]] as const]) {
    const table = name === "classes" ? "classes.csv" : NITROGEN;
    const ended = await cli.run("fit", table, "--epochs", "120", "--out", name, ...flags);
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
  }
});

/** Runs programs one after the other in one Python: importing PyTorch takes longer than they do. */
const ALL = `import runpy, sys
paths = sys.argv[1:]
for path in paths:
    sys.argv = [path]
    print("ran", path)
    runpy.run_path(path, run_name="__main__")
`;

const programs = new Map<string, Promise<string>>();

/** What the exported programs of all these runs print. */
function outputOf(python: string, names: readonly string[], to: string): Promise<string> {
  const made = programs.get(to);
  if (made !== undefined) return made;
  const run = async (): Promise<string> => {
    writeFileSync(join(cli.folder, "all.py"), ALL);
    const files = names.map((name) => `${name}_${to}.py`);
    for (const [k, name] of names.entries()) {
      const ended = await cli.run("export", name, "--to", to, "--out", files[k]!);
      expect([ended.code, ended.stderr]).toEqual([0, ""]);
    }
    return runPython(python, ["all.py", ...files], cli.folder);
  };
  const output = run();
  programs.set(to, output);
  return output;
}

const EXPORTED = {
  pytorch: ["adam", "sgd", "deep", "classes"],
  numpy: [...Object.keys(RUNS), "classes"],
} as const;

/** Exports a run and checks that the program's losses are ours. */
async function compare(context: TestContext, name: string, to: "pytorch" | "numpy") {
  const python = pythonWith(to === "numpy" ? "numpy" : "torch", context);
  const all = await outputOf(python, EXPORTED[to], to);
  const output = all.split(/^ran /m).find((text) => text.startsWith(`${name}_${to}.py`)) ?? all;
  const found = /epochs 0 to (\d+): at most (\S+) from Nabla's losses/.exec(output);
  expect(found?.[1], output).toBe("100");
  expect(Number(found?.[2]), `${name} ${to}`).toBeLessThan(1e-4);
}

describe.each(["pytorch", "numpy"] as const)("--to %s", (to) => {
  for (const name of EXPORTED[to]) {
    it(`reproduces our losses (${name})`, (context) => compare(context, name, to));
  }
});

describe("the comparison itself", () => {
  it("sees weights that are not ours", async (context) => {
    const python = pythonWith("numpy", context);
    const { stdout } = await cli.run("export", "adam", "--to", "numpy");
    const wrong = stdout.replace(/^b1 = np\.array\(\[/m, "$&0.5 + ");
    expect(wrong).not.toBe(stdout);
    writeFileSync(join(cli.folder, "wrong.py"), wrong);
    const output = await runPython(python, ["wrong.py"], cli.folder);
    const found = /at most (\S+) from Nabla's losses/.exec(output);
    expect(Number(found?.[1])).toBeGreaterThan(1e-3);
  });
});

interface Predictor {
  predict(row: readonly number[]): number[];
  outside(row: readonly number[]): string[];
}

interface ClassPredictor {
  predict(row: readonly (number | string)[]): string;
  outside(row: readonly (number | string)[]): string[];
}

describe("--to typescript", () => {
  for (const name of Object.keys(RUNS)) {
    it(`answers as the library does, in a few KB (${name})`, async () => {
      const { stdout: program } = await cli.run("export", name, "--to", "typescript");
      expect(program.length).toBeLessThan(8000);
      expect(program).not.toMatch(/\bimport\b|\brequire\b/);
      const { code } = await transform(program, { loader: "ts", format: "esm" });
      mkdirSync(join(cli.folder, "out"), { recursive: true });
      const file = join(cli.folder, "out", `${name}.mjs`);
      writeFileSync(file, code);
      const { predict, outside } = (await import(pathToFileURL(file).href)) as Predictor;
      const model = FittedModel.decode(readFileSync(join(cli.folder, name, "model.safetensors")));
      for (const at of [300, 812.5, 2000, 2100]) {
        const [ours] = await model.predict([at]);
        expect(Math.abs(predict([at])[0]! / ours! - 1)).toBeLessThan(1e-5);
      }
      expect(outside([1234])).toEqual([]);
      expect(outside([2100])).toEqual(["T_K = 2100 is 100 above the training range (300 to 2000)"]);
      expect(() => predict([])).toThrow("0 values; need 1: T_K");
    });
  }

  it("names the class that nabla predict names", async () => {
    const { stdout: program } = await cli.run("export", "classes", "--to", "typescript");
    const { code } = await transform(program, { loader: "ts", format: "esm" });
    mkdirSync(join(cli.folder, "out"), { recursive: true });
    const file = join(cli.folder, "out", "classes.mjs");
    writeFileSync(file, code);
    const { predict, outside } = (await import(pathToFileURL(file).href)) as ClassPredictor;
    const rows = ROWS.slice(0, 8).map((row) => row.split(",").slice(0, 3));
    const asked = [CLASSES.slice(0, -1), ...rows, []].map((cells) => cells.join());
    writeFileSync(join(cli.folder, "asked.csv"), asked.join("\n"));
    const said = await cli.run("predict", "classes", "--csv", "asked.csv", "--json");
    const answers = JSON.parse(said.stdout) as { outputs: { label: string } }[];
    expect(answers).toHaveLength(8);
    for (const [k, cells] of rows.entries()) {
      const label = predict([Number(cells[0]), cells[1]!, Number(cells[2])]);
      expect(label).toBe(answers[k]!.outputs.label);
    }
    expect(outside([3, "grey", 4])).toEqual(["kind: grey was not in the training data"]);
  });

  it("passes the strict type checker", async () => {
    await cli.run("export", "deep", "--to", "typescript", "--out", "deep.ts");
    const program = ts.createProgram([join(cli.folder, "deep.ts")], {
      ...{ strict: true, noUncheckedIndexedAccess: true, noUnusedLocals: true, noEmit: true },
      ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, types: [] },
      lib: ["lib.es2022.d.ts"],
    });
    const messages = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
    expect(messages).toEqual([]);
  });
});

describe("what cannot be exported", () => {
  it("says that the table has moved, and takes --table", async () => {
    const table = join(cli.folder, "moved.csv");
    writeFileSync(table, readFileSync(NITROGEN));
    await cli.run("fit", table, "--epochs", "5", "--out", "moved");
    writeFileSync(table, readFileSync(NITROGEN, "utf8").replace("1.0413", "1.2"));
    const changed = await cli.run("export", "moved", "--to", "numpy");
    expect([changed.code, changed.stderr]).toEqual([1, expect.stringContaining("has changed")]);
    const named = await cli.run("export", "moved", "--to", "numpy", "--table", NITROGEN);
    expect([named.code, named.stderr]).toEqual([0, ""]);
  });

  it("is a run whose random numbers nobody else draws", async () => {
    await cli.run("fit", NITROGEN, "--epochs", "5", "--batch", "8", "--out", "batches");
    const python = await cli.run("export", "batches", "--to", "pytorch");
    expect([python.code, python.stderr]).toEqual([1, expect.stringContaining("--batch")]);
    expect((await cli.run("export", "batches", "--to", "typescript")).code).toBe(0);
  });

  it("is never code that a table brings along", async (context) => {
    const names = ['"""\nimport os; os.abort()', "*/ throw 1; /*${process.exit(9)}`"];
    const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`);
    writeFileSync(join(cli.folder, "evil.csv"), `${quoted.join()}\n1,2\n2,3\n3,5\n`);
    const flags = ["--x", names[0]!, "--y", names[1]!, "--epochs", "20", "--out", "evil"];
    expect((await cli.run("fit", "evil.csv", ...flags)).code).toBe(0);
    await cli.run("export", "evil", "--to", "numpy", "--out", "evil.py");
    const { stdout: program } = await cli.run("export", "evil", "--to", "typescript");
    const { code } = await transform(program, { loader: "ts", format: "esm" });
    writeFileSync(join(cli.folder, "evil.mjs"), code);
    const module = (await import(pathToFileURL(join(cli.folder, "evil.mjs")).href)) as Predictor;
    expect(module.predict([2])).toHaveLength(1);
    const python = pythonWith("numpy", context);
    expect(await runPython(python, ["evil.py"], cli.folder)).toContain("epochs 0 to 19: at most");
  });

  it("is not a name beyond the first plane: programs print it", async (context) => {
    const table = ROWS.map((row) => row.replace(/no$/, "\u{1f600}").replace("red", "\u{1f534}"));
    const head = CLASSES.join().replace("label", "label \u{1f3f7}");
    writeFileSync(join(cli.folder, "planes.csv"), [head, ...table, ""].join("\n"));
    const ended = await cli.run("fit", "planes.csv", "--epochs", "20", "--out", "planes");
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
    for (const to of ["numpy", "pytorch"] as const) {
      const file = `planes_${to}.py`;
      await cli.run("export", "planes", "--to", to, "--out", file);
      const path = join(cli.folder, file);
      const names = "print(*INPUTS, *OUTPUTS, *CLASSES)\n";
      writeFileSync(path, `${readFileSync(path, "utf8")}\n${names}`);
      const python = pythonWith(to === "numpy" ? "numpy" : "torch", context);
      const output = await runPython(python, [file], cli.folder);
      expect(output).toContain("kind=\u{1f534} b label \u{1f3f7} yes \u{1f600}");
    }
  });

  it("is said in one sentence", async () => {
    const missing = await cli.run("export", "nowhere", "--to", "numpy");
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("nowhere")]);
    const language = await cli.run("export", "adam", "--to", "fortran");
    expect([language.code, language.stderr]).toEqual([2, expect.stringContaining("pytorch")]);
  });
});
