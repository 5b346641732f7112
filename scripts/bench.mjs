/**
 * Runs bench/*.bench.ts, or those whose names are given: `npm run bench -- step`. With `--peers` it
 * installs other libraries, beside a copy of what calls them, and runs bench/peers; with `--page` it
 * writes docs/benchmarks.md of what was measured.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT, runNode } from "./steps.mjs";

const args = process.argv.slice(2);
const isPeers = args.includes("--peers");
const source = isPeers ? "bench/peers" : "bench";
if (isPeers) installPeers();
const isPage = args.includes("--page");
const wanted = args.filter((arg) => !arg.startsWith("--"));
const names = readdirSync(join(ROOT, source))
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.slice(0, -".bench.ts".length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) {
  console.error(`no bench of that name in ${source}: ${wanted.join(", ")}`);
  process.exit(1);
}

if (isPage) names.splice(0, Infinity, "page");
const folder = join(ROOT, ".cache/bench");
mkdirSync(folder, { recursive: true });
for (const name of names) {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [isPage ? "bench/page.ts" : `${source}/${name}.bench.ts`],
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

/** Installs the package of bench/peers outside of the sources. */
function installPeers() {
  const [from, to] = [join(ROOT, source), join(ROOT, ".cache/peers")];
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) copyFileSync(join(from, file), join(to, file));
  if (existsSync(join(to, "node_modules"))) return;
  const options = ["--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"];
  const how = { cwd: to, stdio: "inherit", shell: process.platform === "win32" };
  const { status } = spawnSync("npm", ["install", ...options], how);
  if (status !== 0) process.exit(1);
}
