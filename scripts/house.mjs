/**
 * Prints how long, how tangled and how large the house is, beside the record of before:
 * `npm run house`, or `npm run house -- --json ../other` for the figures of another checkout.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { ROOT } from "./steps.mjs";

const json = process.argv.includes("--json");
const root = resolve(process.argv.slice(2).find((arg) => !arg.startsWith("--")) ?? ROOT);

const outfile = join(ROOT, ".cache/house/house.mjs");
mkdirSync(join(ROOT, ".cache/house"), { recursive: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: ["test/support/house.ts"],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  define: { "import.meta.url": JSON.stringify(pathToFileURL(join(ROOT, "test/support/x")).href) },
  logLevel: "warning",
});
const { measureHouse } = await import(pathToFileURL(outfile).href);
const now = await measureHouse(root);
if (json) console.log(JSON.stringify(now, null, 2));
else printTable(JSON.parse(readFileSync(join(ROOT, "bench/results/house.json"), "utf8")), now);

/** Prints both columns, group by group; what is in one of them alone is a dash in the other. */
function printTable(before, after) {
  const show = (number) => (number === undefined ? "–" : number.toLocaleString("en")).padStart(9);
  console.log(`${"".padEnd(46)}${"before".padStart(9)} ${"now".padStart(9)}`);
  for (const group of Object.keys(after)) {
    console.log(group);
    const names = new Set([...Object.keys(before[group] ?? {}), ...Object.keys(after[group])]);
    for (const name of names) {
      console.log(`  ${name.padEnd(44)}${show(before[group]?.[name])} ${show(after[group][name])}`);
    }
  }
}
