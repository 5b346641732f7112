/** A table of 100,000 rows and 20 columns: read, and one epoch, in bounded time and memory. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Cli } from "../cli/run-cli.ts";
import { makeCli } from "../cli/run-cli.ts";
import { looked } from "../support/guard.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("table-size", { pictures: true });
  // What the process took is written where it ends.
  const file = JSON.stringify(join(cli.folder, "usage.json"));
  const usage = "JSON.stringify(process.resourceUsage())";
  const script = `import { writeFileSync } from "node:fs";
    process.on("exit", () => writeFileSync(${file}, ${usage}));`;
  writeFileSync(join(cli.folder, "usage.mjs"), script);
  vi.stubEnv("NODE_OPTIONS", `--import ${join(cli.folder, "usage.mjs")}`);
});

afterAll(() => vi.unstubAllEnvs());

it("is fitted in under 5 s of work and 450 MB", async ({ task }) => {
  const names = Array.from({ length: 20 }, (_, j) => `x${j}`).join();
  const rows = Array.from({ length: 100_000 }, (_, i) =>
    Array.from({ length: 20 }, (_, j) => (((i * 7919 + j * 104729) % 1_000_003) / 997).toFixed(6)),
  );
  writeFileSync(join(cli.folder, "big.csv"), `${names}\n${rows.join("\n")}\n`);
  const { code, stdout, stderr } = await cli.run("fit", "big.csv", "--epochs", "1");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("100000 rows, 20 columns");
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(
    readFileSync(join(cli.folder, "usage.json"), "utf8"),
  ) as NodeJS.ResourceUsage;
  const [megabytes, seconds] = [maxRSS / 1000, (userCPUTime + systemCPUTime) / 1e6];
  looked(
    task,
    `table: 100,000 × 20 in ${seconds.toFixed(1)} s of work, ${megabytes.toFixed(0)} MB`,
  );
  expect(megabytes).toBeLessThan(450);
  expect(seconds).toBeLessThan(process.env["CI"] ? 10 : 6); // 5 s on an idle machine
});
