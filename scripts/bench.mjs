/** Runs bench/*.ts, or those whose names are given: `npm run bench -- step`. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT, runNode } from "./steps.mjs";

const wanted = process.argv.slice(2);
const names = readdirSync(join(ROOT, "bench"))
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.slice(0, -".bench.ts".length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) {
  console.error(`no bench of that name in bench/: ${wanted.join(", ")}`);
  process.exit(1);
}

const folder = join(ROOT, ".cache/bench");
mkdirSync(folder, { recursive: true });
for (const name of names) {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [`bench/${name}.bench.ts`],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    tsconfig: join(ROOT, "tsconfig.json"), // its paths lead nabla and nabla/* to src
    logLevel: "warning",
  });
  const { code } = await runNode([outfile], { inherit: true });
  if (code !== 0) process.exitCode = code;
}
