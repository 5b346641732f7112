/** The house's rules that no linter knows: import order, cycles, barrels, sizes. */
import { describe, expect, it } from "vitest";
import { ADDED_FILES, runAdded, steps, stepsOf } from "./support/added-operation.ts";
import { findFaults, isDoor, packagesReached, undocumented } from "./support/architecture.ts";
import { looked } from "./support/guard.ts";
import { lineCount, rowsOf, tourLines, tourOf } from "./support/house.ts";
import { namesAsked } from "./support/names-asked.ts";
import { listFiles, readFile, ROOT } from "./support/files.ts";

const modules = new Map(listFiles(["src"], ".ts").map((path) => [path, readFile(path)]));

describe("imports", () => {
  it("go strictly downward, without cycles", ({ task }) => {
    looked(task, `architecture: saw ${modules.size} modules`);
    expect(modules.size).toBeGreaterThan(10);
    expect(findFaults(modules)).toEqual([]);
  });

  it("load no package through the doors of the engine", () => {
    for (const door of ["src/doors/index.ts", "src/doors/nn.ts", "src/doors/optim.ts"]) {
      expect(modules.has(door), `${door} exists`).toBe(true);
      expect(packagesReached(door, modules), door).toEqual([]);
    }
  });
});

describe("the doors", () => {
  it("of package.json lead to the barrels of src, types first", () => {
    const { exports } = JSON.parse(readFile("package.json")) as {
      exports: Record<string, string | Record<string, string>>;
    };
    const doors = Object.values(exports).filter((door) => typeof door !== "string");
    const sources = doors.map(({ default: path }) =>
      path!.replace("./dist/", "src/").replace(/\.js$/, ".ts"),
    );
    expect(sources.sort()).toEqual([...modules.keys()].filter(isDoor).sort());
    for (const door of doors) expect(Object.keys(door)).toEqual(["types", "default"]);
  });
});

describe("the check itself catches", () => {
  const faultsOf = (files: Record<string, string>): string => {
    return findFaults(new Map(Object.entries(files))).join("\n");
  };

  it("an upward import, of a type too", () => {
    const files = {
      "src/core/shape.ts": `import type { Node } from "../ir/node.ts";`,
      "src/ir/node.ts": "",
    };
    expect(faultsOf(files)).toBe("src/core/shape.ts: imports upward: src/ir/node.ts");
  });

  it("a sibling folder, also behind import()", () => {
    const files = {
      "src/nn/a.ts": `export const b = () => import("../optim/b.ts");`,
      "src/optim/b.ts": "",
    };
    expect(faultsOf(files)).toContain("imports a sibling folder");
  });

  it("a cycle of types and values", () => {
    const files = {
      "src/ir/a.ts": `import { b } from "./b.ts";`,
      "src/ir/b.ts": `import type { C } from "./c.ts";`,
      "src/ir/c.ts": `import { a } from "./a.ts";`,
    };
    expect(faultsOf(files)).toBe("cycle: src/ir/a.ts → src/ir/b.ts → src/ir/c.ts → src/ir/a.ts");
  });

  it("a backend that reads the table, a barrel, a stray package, a missing module", () => {
    const files = {
      "src/backend/x.ts": `import { OPS } from "../ir/ops.ts";`,
      "src/ir/ops.ts": `export * from "./rows.ts";`,
      "src/ir/rows.ts": `import fs from "node:fs"; import "./nowhere.ts"; import "../doors/nn.ts";`,
      "src/doors/nn.ts": `export * from "../ir/ops.ts";`,
    };
    const found = faultsOf(files);
    expect(found).toContain("a backend sees kernels");
    expect(found).toContain("src/ir/ops.ts: re-exports");
    expect(found).toContain("src/ir/rows.ts: may not import node:fs");
    expect(found).toContain("./nowhere.ts leads to no module");
    expect(found).toContain("src/ir/rows.ts: imports the door src/doors/nn.ts");
    expect(found).not.toContain("src/doors/nn.ts: re-exports");
  });

  it("a package behind a door, but not a type of it", () => {
    const files = new Map([
      ["src/doors/index.ts", `export { a } from "../core/a.ts";`],
      ["src/core/a.ts", `import type { T } from "types"; import { b } from "values"; b;`],
    ]);
    expect(packagesReached("src/doors/index.ts", files)).toEqual(["values"]);
  });
});

describe("sizes", () => {
  const files = listFiles(["src", "test", "bench", "examples"], ".ts");
  const linesOf = (path: string): string[] => readFile(path).trimEnd().split("\n");

  it("keep files to 500 lines", ({ task }) => {
    looked(task, `sizes: saw ${files.length} files`);
    const long = files.filter((path) => linesOf(path).length > 500);
    expect(long).toEqual([]);
  });

  it("keep lines to 100 columns, but for strings, which prettier does not break", () => {
    const isWide = (line: string): boolean =>
      line.length > 100 && (/^\s*(\*|\/\*|\/\/)/.test(line) || !/["'`]/.test(line));
    const wide = files.flatMap((path) =>
      linesOf(path).flatMap((line, k) => (isWide(line) ? [`${path}:${k + 1}`] : [])),
    );
    expect(wide).toEqual([]);
  });

  it("keep the README to 150 lines", () => {
    expect(linesOf("README.md").length).toBeLessThanOrEqual(150);
  });

  it("give every module of src a head comment", () => {
    const bare = [...modules]
      .filter(([, text]) => !/^(#!.*\n)?\/\*\*/.test(text))
      .map(([path]) => path);
    expect(bare).toEqual([]);
  });

  it("give every export of src a doc comment", () => {
    expect([...modules].flatMap(([path, text]) => undocumented(path, text))).toEqual([]);
  });

  it("are seen to fail: an export without a comment, or with the file's alone", () => {
    const text =
      "/** Head. */\nexport const a = 1;\n/** B. */\nexport const b = 1;\nexport class C {}";
    expect(undocumented("x.ts", text)).toEqual(["x.ts:2", "x.ts:5"]);
  });
});

describe("ARCHITECTURE.md", () => {
  it("names files that exist", ({ task }) => {
    const named = [...readFile("ARCHITECTURE.md").matchAll(/`([a-z]+\/[\w/-]+\.ts)`/g)];
    looked(task, `ARCHITECTURE.md: names ${named.length} files`);
    expect(named.length).toBeGreaterThan(10);
    expect(named.map(([, path]) => `src/${path}`).filter((path) => !modules.has(path))).toEqual([]);
  });
});

describe("the tour of ARCHITECTURE.md", () => {
  const tour = tourOf(readFile("ARCHITECTURE.md"));

  it("is at most 2,500 lines", ({ task }) => {
    const lines = tourLines(ROOT, tour);
    looked(task, `the tour: ${tour.length} files, ${lines} lines`);
    expect(tour.length).toBeGreaterThanOrEqual(12);
    expect(lines).toBeLessThanOrEqual(2500);
  });

  it("is counted: a longer one is seen", () => {
    const page = "\n## Half an hour\n\n`README.md` → `ir/ops.ts`\n\n`docs/x/` has `ir/row.ts`";
    expect(tourOf(page)).toEqual(["README.md", "src/ir/ops.ts"]);
    const sum = lineCount(readFile("README.md")) + lineCount(readFile("src/ir/ops.ts"));
    expect(tourLines(ROOT, tourOf(page))).toBe(sum);
    expect(tourLines(ROOT, [...tour, ...tour])).toBeGreaterThan(2500);
  });
});

describe("the table", () => {
  it("has at most 70 rows", async ({ task }) => {
    const rows = await rowsOf(ROOT);
    looked(task, `the table: ${rows.length} rows`);
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.length).toBeLessThanOrEqual(70);
  });

  it("is asked: nobody else looks at an operation's name", { timeout: 120_000 }, ({ task }) => {
    // one module with faults is looked through with the others, since that takes seconds
    const fault = `
      import type { Node } from "../ir/node.ts";
      import { OPS } from "../ir/ops.ts";
      import type { Scalar } from "../ir/scalar.ts";
      const some: ReadonlySet<string> = new Set(["add"]);
      export const a = (node: Node) => node.op === "add";
      export const b = ({ op }: Node) => some.has(op);
      export function c(node: Node) { switch (node.op) { case "mul": return 1; default: return 0; } }
      export const d = OPS.add;
      export const fine = (tree: Scalar) => tree.op === "add";`;
    const { asked, seen } = namesAsked({ path: "src/compiler/fault.ts", text: fault });
    looked(task, `names of operations: saw ${seen} decisions`);
    expect(seen).toBeGreaterThan(100);
    const seeded = asked.filter((line) => line.startsWith("src/compiler/fault.ts:"));
    expect(seeded.map((line) => line.replace(/^.*?: /, ""))).toEqual([
      "node.op",
      "op",
      "node.op",
      "OPS.add",
    ]);
    expect(asked.filter((line) => !seeded.includes(line))).toEqual([]);
  });
});

describe("an added operation", () => {
  it("touches the files that CONTRIBUTING.md names, and works", async ({ task }) => {
    looked(task, `an added operation touches ${ADDED_FILES.length} files`);
    expect(steps()).toEqual(ADDED_FILES);
    expect(ADDED_FILES.length).toBeLessThanOrEqual(3);
    const [values, slopes] = [
      [-8, 0.125, 27],
      [12, 0.75, 27],
    ];
    expect(await runAdded(steps())).toEqual([values, slopes, values, slopes]);
  });

  it("needs its row and its definition: without one of them it fails", async () => {
    expect(stepsOf("\n## Add an operation\n\n1. In `src/ir/ops.ts`.\n")).toEqual(["src/ir/ops.ts"]);
    for (const file of ADDED_FILES.slice(1)) {
      await expect(runAdded(ADDED_FILES.filter((one) => one !== file))).rejects.toThrow();
    }
  });
});
