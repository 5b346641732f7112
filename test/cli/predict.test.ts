/** `nabla predict` on rows that cannot be answered as they are. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/safetensors.ts";
import type { Cli, Ended } from "./run-cli.ts";
import { makeCli } from "./run-cli.ts";

let cli: Cli;

const rowsOf = (text: string): string[] => text.trimEnd().split("\n");
const put = (name: string, ...rows: string[]): void =>
  writeFileSync(join(cli.folder, name), `${rows.join("\n")}\n`);
const ask = (...args: string[]): Promise<Ended> => cli.run("predict", "runs/fish", ...args);

function refused({ code, stdout, stderr }: Ended, message: RegExp, expected = 1): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^nabla: [^\n]*\n$/);
  expect([code, stdout]).toEqual([expected, ""]);
}

beforeAll(async () => {
  cli = await makeCli("predict");
  // Lengths 1 … 20 with mean 10.5, 13 of 20 from the sea.
  const rows = Array.from({ length: 20 }, (_, i) => `${i + 1},${i % 3 ? "sea" : "lake"},${i * i}`);
  put("fish.csv", "length,water,mass", ...rows);
  expect((await cli.run("fit", "fish.csv", "--epochs", "50")).code).toBe(0);
  put("new.csv", "water,length", "sea,3", ",4", "lake,", "NA,NA", "lake,7");
});

afterAll(() => cli.stopAll());

describe("empty cells", () => {
  it("stop it without a rule, and the message names the options", async () => {
    refused(
      await ask("--csv", "new.csv"),
      /new\.csv, line 4, column "length": .* empty cells in 3 of 5 rows \(length 2, water 2\)\. --missing drop leaves such rows out, --missing mean fills/,
    );
    refused(
      await ask("--at", "3,sea;4,"),
      /in --at "3,sea;4,", row 2, water: there is no value; .*--missing drop/,
    );
  });

  it("are left out with drop, and counted", async () => {
    const { code, stdout, stderr } = await ask("--csv", "new.csv", "--missing", "drop");
    expect([code, stderr]).toEqual([0, ""]);
    const [note, , ...rows] = rowsOf(stdout);
    expect(note).toBe("Left out 3 of 5 rows with empty cells: length 2, water 2.");
    expect(rows.map((row) => row.trim().split(/\s+/)[0])).toEqual(["3", "7"]);
    const json = await ask("--csv", "new.csv", "--missing", "drop", "--json");
    expect(JSON.parse(json.stdout)).toHaveLength(2);
    expect(json.stderr).toBe(`${note!}\n`);
    put("none.csv", "length,water", "3,", ",sea");
    refused(
      await ask("--csv", "none.csv", "--missing", "drop"),
      /no row is left to answer: all 2 rows had empty cells: length 1, water 1/,
    );
  });

  it("take the mean of the training rows, or their commonest text, with mean", async () => {
    const asked = await ask("--csv", "new.csv", "--missing", "mean", "--json");
    const answers = JSON.parse(asked.stdout) as { inputs: object; outputs: object }[];
    expect(asked.stderr).toMatch(/^Filled empty cells with .*: length 2, water 2\.\n$/);
    expect(answers.map(({ inputs }) => inputs)).toEqual([
      { length: 3, water: "sea" },
      { length: 4, water: "sea" },
      { length: 10.5, water: "lake" },
      { length: 10.5, water: "sea" },
      { length: 7, water: "lake" },
    ]);
    expect(answers[0]).not.toHaveProperty("filled");
    expect(answers[3]).toMatchObject({ filled: ["length", "water"] });
    const shown = await ask("--csv", "new.csv", "--missing", "mean");
    expect(shown.stdout).toMatch(/ 10\.5 +lake .*filled in: length\n/);
    expect(shown.stdout).toMatch(/ 10\.5 +sea .*filled in: length, water\n/);
    const spelled = await ask("--at", "10.5,sea", "--json");
    expect((JSON.parse(spelled.stdout) as typeof answers)[0]!.outputs).toEqual(answers[3]!.outputs);
    await ask("--csv", "new.csv", "--missing", "mean", "--out", "filled.csv");
    const [head, first, , third] = rowsOf(readFileSync(join(cli.folder, "filled.csv"), "utf8"));
    expect(head).toBe("water,length,mass_predicted,outside_training_range,filled_in");
    expect([first!.endsWith(",,"), third!.endsWith(",,length")]).toEqual([true, true]);
  });

  it("take the mean of the rows trained on, not of those held out", async () => {
    const args = ["--val", "0.3", "--seed", "5", "--epochs", "5", "--out", "runs/held"];
    expect((await cli.run("fit", "fish.csv", ...args)).code).toBe(0);
    const inspected = await cli.run("inspect", "runs/held", "--json");
    const { inputs } = JSON.parse(inspected.stdout) as { inputs: { fill: number }[] };
    const sum = inputs[0]!.fill * 14; // the mean of 14 whole numbers of which 6 are held out
    expect(Math.abs(sum - Math.round(sum))).toBeLessThan(1e-9);
    expect(inputs[0]!.fill).not.toBe(10.5);
  });

  it("cannot be filled in for a model that holds no means; it answers all else", async () => {
    const path = join(cli.folder, "runs/fish/model.safetensors");
    const { tensors, metadata } = decodeSafetensors(readFileSync(path));
    const bare = JSON.parse(metadata["nabla.inputs"]!) as { fill?: unknown }[];
    for (const column of bare) delete column.fill;
    const old = { ...metadata, "nabla.inputs": JSON.stringify(bare) };
    writeFileSync(join(cli.folder, "old.safetensors"), encodeSafetensors(tensors, old));
    expect((await cli.run("predict", "old.safetensors", "--at", "3,sea")).code).toBe(0);
    refused(
      await cli.run("predict", "old.safetensors", "--csv", "new.csv", "--missing", "mean"),
      /does not hold the mean of length: an older version wrote it\. --missing drop/,
    );
  });
});

describe("a table that is answered", () => {
  it("keeps its columns and its spelling, beside answers by a name of their own", async () => {
    put("ids.csv", "id;length;water;mass", "p1;2,5;sea;4", "=p2;9,0;lake;", "p3;30,0;sea;841");
    const { stdout } = await ask("--csv", "ids.csv", "--out", "ids_out.csv");
    expect(stdout).toMatch(
      /^Wrote ids_out\.csv: 3 rows, 1 outside the training range\.\nErrors of mass on the 2 rows /,
    );
    expect(stdout).toMatch(
      /known: RMSE \S+, largest \S+, R² \S+\.\nNext: nabla report runs\/fish\n$/,
    );
    const [head, ...rows] = rowsOf(readFileSync(join(cli.folder, "ids_out.csv"), "utf8"));
    expect(head).toBe("id;length;water;mass;mass_predicted;outside_training_range");
    expect(rows[0]).toMatch(/^p1;2,5;sea;4;-?\d+,\d+;$/);
    expect(rows[1]).toMatch(/^'=p2;9,0;lake;;-?\d+,\d+;$/);
    const again = await ask("--csv", "ids_out.csv", "--json");
    const answers = JSON.parse(again.stdout) as { outputs: { mass: number } }[];
    const said = rows.map((row) => Number(row.split(";")[4]!.replace(",", ".")));
    expect(said).toEqual(answers.map(({ outputs }) => outputs.mass));
    const error = Math.sqrt(((said[0]! - 4) ** 2 + (said[2]! - 841) ** 2) / 2);
    expect(Number(/RMSE (\S+),/.exec(stdout)![1])).toBeCloseTo(error, 0);
    expect((await ask("--csv", "ids.csv")).stdout).toMatch(/^ +id +mass +length +water +mass_pred/);
  });

  it("is judged by its classes, and rows left out stay out", async () => {
    put(
      "kinds.csv",
      "a,b,kind",
      ...Array.from({ length: 12 }, (_, i) => `${i},${i % 5},${i < 6 ? "x" : "y"}`),
    );
    await cli.run("fit", "kinds.csv", "--epochs", "200", "--lr", "0.1");
    put("kinds_new.csv", "name,kind,a,b", "u,x,1,1", "v,z,11,1", "w,,10,2", "q,y,,1", "r,y,10,0");
    const args = ["--csv", "kinds_new.csv", "--missing", "drop", "--out", "kinds_out.csv"];
    const { stdout } = await cli.run("predict", "runs/kinds", ...args);
    expect(stdout).toContain(
      "Right on 2 of the 3 rows where kind is known: 66.7 %; 1 with classes that training has not seen.",
    );
    const rows = rowsOf(readFileSync(join(cli.folder, "kinds_out.csv"), "utf8"));
    expect(rows.map((row) => row.split(",").slice(0, 5).join())).toEqual([
      "name,kind,a,b,kind_predicted",
      "u,x,1,1,x",
      "v,z,11,1,y",
      "w,,10,2,y",
      "r,y,10,0,y",
    ]);
  });
});

describe("texts that training has not seen", () => {
  it("are refused with their row, unless drop leaves them out", async () => {
    put("odd.csv", "length,water", "3,sea", "4,Lake", "5,", "6,ocean");
    const message =
      /odd\.csv, line 3, column "water": training has not seen "Lake" \(lake\?\); it had lake, sea\. Such texts are in 2 of 4 rows; --missing drop leaves them out/;
    refused(await ask("--csv", "odd.csv", "--missing", "mean"), message);
    put("odd-full.csv", "length,water", "3,sea", "4,ocean");
    refused(await ask("--csv", "odd-full.csv"), /line 3, column "water": training has not seen/);
    refused(
      await ask("--at", "3,ocean"),
      /in --at "3,ocean", row 1, water: training has not seen "ocean"; it had lake, sea\.$/m,
    );
    const dropped = await ask("--csv", "odd.csv", "--missing", "drop");
    expect(rowsOf(dropped.stdout)[0]).toBe(
      "Left out 3 of 4 rows with empty cells: water 1; texts that training had not seen: water 2.",
    );
    expect(rowsOf(dropped.stdout)).toHaveLength(3);
  });
});
