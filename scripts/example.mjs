/** Runs a TypeScript example against the sources: `npm run example examples/nitrogen.ts`. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { ROOT, runNode } from "./steps.mjs";

const [name] = process.argv.slice(2);
if (name === undefined || !existsSync(resolve(name))) {
  console.error("Name an example: npm run example examples/nitrogen.ts");
  process.exit(2);
}

const folder = join(ROOT, ".cache/examples");
const outfile = join(folder, `run-${process.pid}.mjs`);
mkdirSync(folder, { recursive: true });
await build({
  absWorkingDir: ROOT,
  stdin: {
    contents: `import { run } from ${JSON.stringify(resolve(name))}; await run();`,
    resolveDir: ROOT,
    loader: "ts",
  },
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  tsconfig: join(ROOT, "tsconfig.json"), // its paths lead nabla and nabla/* to src
  external: ["papaparse"],
  logLevel: "warning",
});
const { code } = await runNode([outfile], { inherit: true });
rmSync(outfile);
process.exit(code);
