/** `nabla data` as a shell sees it: lists, gets, refuses, and leaves nothing half-made. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT } from "../support/files.ts";
import type { FileServer } from "../data/server.ts";
import { serveFiles } from "../data/server.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli } from "./run-cli.ts";

let cli: Cli;
let server: FileServer;
const IRIS = readFileSync(join(ROOT, "test/data/iris.csv"));

beforeAll(async () => {
  cli = await makeCli("data");
  server = await serveFiles();
  process.env["NABLA_DATA"] = join(cli.folder, "sets");
  process.env["NABLA_DATA_MIRROR"] = server.url;
});
afterAll(async () => {
  delete process.env["NABLA_DATA"];
  delete process.env["NABLA_DATA_MIRROR"];
  cli.stopAll();
  await server.close();
});

it("lists what there is, and what is here", async () => {
  const { code, stdout } = await cli.run("data", "list");
  expect(code).toBe(0);
  for (const name of ["mnist", "fashion-mnist", "tinyshakespeare", "iris", "penguins", "mpg"]) {
    expect(stdout).toMatch(new RegExp(`^${name} +[\\d.]+ [kM]B`, "m"));
  }
  expect(stdout).not.toContain(" here");
  const { folder, sets } = JSON.parse((await cli.run("data", "list", "--json")).stdout) as {
    folder: string;
    sets: { name: string; state: string; bytes: number }[];
  };
  expect(folder).toBe(join(cli.folder, "sets"));
  expect(sets.find(({ name }) => name === "mnist")!.bytes).toBe(11_594_722);
});

it(
  "gets a table, which can be fitted; a second time it is there",
  { timeout: 60_000 },
  async () => {
    server.answer = (_, response) => void response.end(IRIS);
    const first = await cli.run("data", "get", "iris");
    const file = join(cli.folder, "sets/iris/iris.csv");
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toContain(`${file}  3.9 kB, downloaded, checksum verified`);
    expect(first.stdout).toMatch(/Next: .*nabla fit .*iris.csv/);
    const again = await cli.run("data", "get", "iris", "--json");
    expect(JSON.parse(again.stdout)).toEqual({ name: "iris", files: [file] });
    expect(server.asked.length).toBe(1);
    expect((await cli.run("data", "list")).stdout).toMatch(/^iris +3.9 kB +here/m);
    expect((await cli.run("fit", file, "--epochs", "3")).code).toBe(0);
  },
);

it("a file that was damaged is got anew", async () => {
  const file = join(cli.folder, "sets/iris/iris.csv");
  writeFileSync(file, "damaged");
  expect((await cli.run("data", "list")).stdout).toMatch(/^iris +3.9 kB +damaged/m);
  expect((await cli.run("data", "get", "iris")).stdout).toContain("downloaded, checksum verified");
  expect(readFileSync(file)).toEqual(IRIS);
});

it.each([
  [["data"], "missing required argument 'action'"],
  [["data", "fetch"], "Allowed choices are list, get"],
  [["data", "get"], "nabla data get needs a name: mnist, fashion-mnist"],
  [["data", "get", "mnits"], "Allowed choices are mnist"],
  [["data", "list", "iris"], "nabla data list takes no name"],
  [["data", "get", "iris", "mpg"], "one word too many"],
])("%j is wrong usage", async (words, said) => {
  const { code, stderr } = await cli.run(...words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
});

it("a download that fails ends in one sentence and keeps nothing", async () => {
  server.answer = (_, response) => void response.end("<html>Sign in to the network</html>");
  const { code, stderr } = await cli.run("data", "get", "mpg");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^nabla: cannot download http:\S+mpg.csv: its checksum is sha256:.*\n$/);
  expect(existsSync(join(cli.folder, "sets/mpg"))).toBe(false);
});

it("killed in the middle of a download, it leaves nothing", async () => {
  let begun: () => void = () => undefined;
  const running = new Promise<void>((resolve) => (begun = resolve));
  server.answer = (_, response) => response.write("species,island", begun);
  const { child, ended } = cli.start("data", "get", "penguins");
  await running;
  child.kill("SIGKILL");
  await ended;
  expect(readdirSync(join(cli.folder, "sets"))).toEqual(["iris"]);
});
