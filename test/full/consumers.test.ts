/** The package as its users get it: packed, installed into fresh projects, imported and bundled. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Packed } from "../consumers/install.ts";
import { pack, project, removeProjects, run } from "../consumers/install.ts";
import { ROOT } from "../support/files.ts";

let packed: Packed;

const PROGRAM = `
import { tensor, manualSeed, nn, optim, compile } from "nabla";
manualSeed(1);
const model = new nn.Sequential(new nn.Linear(1, 4), new nn.Tanh(), new nn.Linear(4, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
const x = tensor([[0], [1], [2]]);
const y = tensor([[0], [1], [4]]);
const lossFn = new nn.MSELoss();
const step = compile(() => {
  const loss = lossFn.forward(model.forward(x), y);
  loss.backward();
  optimizer.step();
  optimizer.zeroGrad();
  return loss;
});
let last = 0;
for (let i = 0; i < 200; i++) last = await step().item();
console.log(last < 0.1 ? "learned" : "failed");
`;

const VERSIONS = { vite: "8.3.8", webpack: "5.112.2", cli: "7.3.1", esbuild: "0.28.2" };

beforeAll(async () => {
  expect(existsSync(join(ROOT, "dist/doors/index.js")), "npm run build first").toBe(true);
  packed = await pack();
});

afterAll(removeProjects);

describe("the package", () => {
  it("is at most 3 MB, without tests and the lab's workspace", () => {
    expect(packed.bytes).toBeLessThanOrEqual(3_000_000);
    expect(packed.files).toContain("dist/cli/main.js");
    expect(packed.files).toContain("dist/lab/index.html");
    expect(packed.files).toContain("assets/fonts/LICENSE.txt");
    expect(packed.files.filter((path) => /^(test|bench|lab)\//.test(path))).toEqual([]);
  });

  it("has the sources that its maps lead to, for code and for declarations", () => {
    const shipped = new Set(packed.files);
    const maps = packed.files.filter((path) => /^dist\/(?!lab\/).*\.map$/.test(path));
    expect(maps).toEqual(
      expect.arrayContaining(["dist/core/math.js.map", "dist/core/math.d.ts.map"]),
    );
    const sources = maps.flatMap((path) => {
      const map = JSON.parse(readFileSync(join(ROOT, path), "utf8")) as {
        sources: string[];
        sourcesContent?: string[];
      };
      if (map.sourcesContent !== undefined) return [];
      return map.sources.map((source) => posix.join(posix.dirname(path), source));
    });
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.filter((path) => !shipped.has(path))).toEqual([]);
  });

  it("is clean for publint and attw", async () => {
    const publint = join(ROOT, "node_modules/publint/src/cli.js");
    const report = await run(process.execPath, [publint, packed.path, "--strict"], ROOT);
    expect(report.stdout).not.toMatch(/error|warning/i);
    const attw = join(ROOT, "node_modules/@arethetypeswrong/cli/dist/index.js");
    // A package of ES modules: CommonJS reads it by require(esm), which attw calls a fault.
    await run(process.execPath, [attw, packed.path, "--profile", "esm-only"], ROOT);
  });
});

describe("Node", () => {
  it("imports it, requires it, and runs its command", async () => {
    const files = {
      "main.js": PROGRAM,
      "main.cjs": `const { tensor } = require("nabla"); console.log(tensor([1, 2]).shape.join());`,
      "t.csv": "a,b\n1,2\n2,4\n3,7\n",
    };
    const folder = await project(files, [packed.path]);
    expect((await run(process.execPath, ["main.js"], folder)).stdout).toBe("learned\n");
    const required = await run(process.execPath, ["main.cjs"], folder);
    expect(required.stdout).toBe("2\n");
    const bin = join(folder, "node_modules/nabla/dist/cli/main.js");
    const fitted = await run(process.execPath, [bin, "fit", "t.csv", "--epochs", "20"], folder);
    expect(fitted.stdout).toContain("fit.png");
  });
});

describe("tsc", () => {
  for (const [module, moduleResolution, version] of [
    ["node16", "node16", "6.0.3"],
    ["esnext", "bundler", "6.0.3"],
    ["esnext", "bundler", "5.0.4"],
  ] as const) {
    it(`${version} finds the types (${moduleResolution})`, async () => {
      const compilerOptions = {
        ...{ module, moduleResolution, target: "es2022", strict: true, noEmit: true },
        ...{ skipLibCheck: false, types: [], lib: ["es2022", "dom"] },
      };
      const files = {
        "main.ts": PROGRAM,
        "doors.ts": ["nn", "optim", "data", "distributions", "fft", "func", "io", "ops", "plot"]
          .map((door) => `export * as ${door} from "nabla/${door}";`)
          .join("\n"),
        "tsconfig.json": JSON.stringify({ compilerOptions, include: ["*.ts"] }),
      };
      const folder = await project(files, [packed.path, `typescript@${version}`]);
      const tsc = join(folder, "node_modules/typescript/bin/tsc");
      expect((await run(process.execPath, [tsc, "-p", "."], folder)).stdout).toBe("");
    });
  }
});

describe("bundlers", () => {
  const builds = {
    vite: [`vite@${VERSIONS.vite}`, ["vite", "build", "--logLevel", "warn"]],
    webpack: [
      `webpack@${VERSIONS.webpack} webpack-cli@${VERSIONS.cli}`,
      ["webpack", "--mode", "production", "--entry", "./main.js", "--target", "web"],
    ],
    esbuild: [
      `esbuild@${VERSIONS.esbuild}`,
      ["esbuild", "main.js", "--bundle", "--format=esm", "--outdir=dist", "--minify"],
    ],
  } as const;

  for (const [name, [packages, command]] of Object.entries(builds)) {
    it(`${name} builds a page of it`, async () => {
      const files = {
        "main.js": PROGRAM,
        "index.html": `<!doctype html><script type="module" src="./main.js"></script>`,
        "webpack.config.js": "export default { performance: { hints: false } };",
      };
      const folder = await project(files, [packed.path, ...packages.split(" ")]);
      const { stderr } = await run("npx", ["--no-install", ...command], folder);
      expect(stderr).not.toMatch(/warning|error/i);
      const texts = readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".js"))
        .map((path) => readFileSync(join(folder, "dist", path), "utf8"));
      expect(texts.join("")).toContain("learned");
      expect(texts.join("")).not.toMatch(/papaparse|commander|node:fs/);
    });
  }
});
