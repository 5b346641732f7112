/**
 * Builds dist/: one .js and one .d.ts per source file for Node and bundlers; dist/nabla.browser.js
 * and dist/nabla.global.js, each one file, for a page's modules and its classic scripts; and
 * dist/lab, the pages that `nabla lab` serves.
 */
import {
  chmodSync,
  cpSync,
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

const labBuild = runNode(["lab/scripts/build.mjs"]); // beside the compiler; skips what is unchanged
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

/** Bundles the engine as one file that a page loads as it is. */
async function bundle(outfile, options) {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["dist/doors/index.js"],
    outfile,
    tsconfigRaw: "{}", // not the paths that lead from #host to the source for Node
    bundle: true,
    minify: true,
    keepNames: true,
    // without maps: theirs are as large as the package, and modules, which have them, serve debugging
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
}

await bundle("dist/nabla.browser.js", { format: "esm" });
// for classic scripts, which work from a folder too: a page opened by double click
await bundle("dist/nabla.global.js", {
  format: "iife",
  globalName: "nabla",
  define: { "import.meta.url": "undefined" },
});

const lab = await labBuild;
if (lab.code !== 0) {
  process.stderr.write(lab.output);
  process.exit(1);
}
cpSync(join(ROOT, "lab/dist"), join(ROOT, "dist/lab"), { recursive: true });

const cli = join(ROOT, "dist/cli/main.js");
if (existsSync(cli)) chmodSync(cli, 0o755);

const kilobytes = Math.round(statSync(join(ROOT, "dist/nabla.browser.js")).size / 1000);
console.log(
  `built dist/, dist/nabla.browser.js and dist/nabla.global.js (${kilobytes} kB each), dist/lab`,
);
