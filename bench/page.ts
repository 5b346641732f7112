/**
 * Makes docs/benchmarks.md of bench/results: tables between its marks, and pictures. What bounds
 * each and what was missed is written there by hand.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { figure, line, PALETTE, panel, points } from "nabla/plot";
import type { Line } from "./report.ts";

interface Result {
  readonly name: string;
  readonly title: string;
  readonly date: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly pytorch?: { readonly version: string; readonly blas: string };
  readonly lines: readonly Line[];
}

const PAGE = "docs/benchmarks.md";
const NAMES = ["core", "product", "elementwise", "scale", "step", "eager", "whole", "peers"];

const results = NAMES.flatMap((name): Result[] => {
  const path = `bench/results/${name}.json`;
  return existsSync(path) ? [JSON.parse(readFileSync(path, "utf8")) as Result] : [];
});

const short = (value: number): string => `${Number(value.toPrecision(3))}`;

function tableOf({ title, date, machine, pytorch, lines }: Result): string {
  const where =
    `${date}, ${machine["cpu"]}, ${machine["cores"]} cores, Node ${machine["node"]}` +
    `, load ${machine["load"] ?? "?"}${pytorch ? `, PyTorch ${pytorch.version}` : ""}.`;
  const rows = lines.map((one) => {
    const least = one.least === undefined ? "" : `${short(one.least)} ${one.unit}`;
    const spread = one.spread === undefined ? "" : `± ${(50 * one.spread).toFixed(0)} %`;
    const ratios = [one.ratio, one.leastRatio].map((r) => (r === undefined ? "" : r.toFixed(2)));
    const cells = [one.name, `${short(one.value)} ${one.unit}`, spread, least, ...ratios];
    return `| ${[...cells, one.note ?? ""].join(" | ")} |`;
  });
  const head = "| | median | spread | least | ratio | of least | |\n|---|---|---|---|---|---|---|";
  return `### ${title}\n\n${where}\n\n${head}\n${rows.join("\n")}`;
}

/** Draws the least times of a picture's series against its axis. */
function draw(picture: string, title: string, xLabel: string): string[] {
  const lines = results.flatMap((one) => one.lines).filter((one) => one.picture === picture);
  if (lines.length === 0) return []; // not measured
  const names = [...new Set(lines.map((one) => one.series!))];
  const series = names.flatMap((label, at) => {
    const own = lines.filter((one) => one.series === label);
    const x = own.map((one) => one.x!);
    const y = own.map((one) => one.rate ?? one.least!);
    const color = PALETTE[at % PALETTE.length]!;
    return [line(x, y, { label, color }), points(x, y, { color })];
  });
  const isRate = lines.some((one) => one.rate !== undefined);
  const yLabel = isRate ? "GFLOP/s" : "ms, the shortest run";
  const scales = { xScale: "log", yScale: isRate ? "linear" : "log" } as const;
  const file = `docs/images/bench-${picture}.svg`;
  writeFileSync(file, figure([[panel(series, { title, xLabel, yLabel, ...scales })]]));
  return [`![${title}](images/bench-${picture}.svg)`];
}

const pictures = [
  ...draw("parameters", "A step of Adam against the size of the network", "parameters, batch 64"),
  ...draw("batch", "A step of 784-256-128-10 against the batch", "rows"),
  ...draw("product", "Products of square matrices", "rows"),
];
const made = [...pictures, ...results.map(tableOf)].join("\n\n");
const [before, after] = ["<!-- made by npm run bench -- --page -->", "<!-- end -->"];
const page = readFileSync(PAGE, "utf8");
const [start, end] = [page.indexOf(before) + before.length, page.indexOf(after)];
writeFileSync(PAGE, `${page.slice(0, start)}\n\n${made}\n\n${page.slice(end)}`);
console.log(`wrote ${PAGE} of ${results.length} results`);
