/**
 * Builds dist/: one .js and one .d.ts per source file for Node and bundlers, and
 * dist/nabla.browser.js, one file that a page imports as it is.
 */
import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT, commandOf, runNode } from "./steps.mjs";

rmSync(join(ROOT, "dist"), { recursive: true, force: true });

const compiled = await runNode([commandOf("typescript", "tsc"), "-p", "tsconfig.build.json"]);
if (compiled.code !== 0) {
  process.stderr.write(compiled.output);
  process.exit(1);
}

// tsc rewrites `./x.ts` to `./x.js` in code but not in declarations.
for (const name of readdirSync(join(ROOT, "dist"), { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".d.ts")) continue;
  const path = join(ROOT, "dist", name);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/(\bfrom |\bimport\()(["'])(\.[^"']*)\.ts\2/g, "$1$2$3.js$2"));
}

await build({
  absWorkingDir: ROOT,
  entryPoints: ["dist/index.js"],
  outfile: "dist/nabla.browser.js",
  tsconfigRaw: "{}", // not the paths that lead from #host to the source for Node
  bundle: true,
  minify: true,
  keepNames: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
});

const cli = join(ROOT, "dist/cli/main.js");
if (existsSync(cli)) chmodSync(cli, 0o755);

const kilobytes = Math.round(statSync(join(ROOT, "dist/nabla.browser.js")).size / 1000);
console.log(`built dist/ and dist/nabla.browser.js (${kilobytes} kB)`);
