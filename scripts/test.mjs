/**
 * The whole check in one command: lint, format, types, build, unit tests, and the browser tests
 * where WITH_BROWSER or REQUIRE_BROWSER is 1, as .ci/run sets it. Prints one line a step, the
 * output of what failed, what the guards looked at, and `N passed, N failed`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, commandOf, runNode } from "./steps.mjs";

const cache = join(ROOT, ".cache");
const results = join(cache, "tests.json");
const count = { passed: 0, failed: 0, skipped: 0 };

/** Runs one check and reports it as a line, with all its output if it failed. */
async function check(name, args) {
  const { code, output, seconds } = await runNode(args);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}

function tally(ok) {
  if (ok) count.passed++;
  else count.failed++;
}

/** Adds up vitest's results and prints what guards looked at and why tests were skipped. */
function readResults() {
  const report = JSON.parse(readFileSync(results, "utf8"));
  count.passed += report.numPassedTests;
  count.failed += report.numFailedTests;
  const reasons = new Map();
  for (const file of report.testResults) {
    const failedToLoad = file.status === "failed" && file.assertionResults.length === 0;
    if (failedToLoad) count.failed++;
    for (const test of file.assertionResults) {
      if (test.meta?.looked !== undefined) console.log(`       ${test.meta.looked}`);
      if (test.status === "skipped" || test.status === "pending") {
        const reason = test.meta?.skipped ?? test.fullName;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        count.skipped++;
      }
    }
  }
  for (const [reason, times] of reasons) console.log(`skipped ${times}: ${reason}`);
}

mkdirSync(cache, { recursive: true });
rmSync(results, { force: true });

const [lint, format, types] = [
  check("lint", [commandOf("eslint"), "."]),
  check("format", [commandOf("prettier"), "--check", "--log-level", "warn", "."]),
  check("types", [commandOf("typescript", "tsc"), "-p", "tsconfig.json"]),
];
for (const step of [lint, format, types]) tally(await step);
const beside = [
  check("types of the lab", [commandOf("svelte-check"), "--workspace", "lab"]),
  check("docs", [commandOf("typedoc"), "--emit", "none", "--logLevel", "Warn"]),
];
tally(await check("build", ["scripts/build.mjs"]));
for (const step of beside) tally(await step);

const withBrowser = process.env.WITH_BROWSER === "1" || process.env.REQUIRE_BROWSER === "1";
const projects = withBrowser ? ["unit", "first", "late", "browser"] : ["unit", "first", "late"];

const vitest = await runNode(
  [
    commandOf("vitest"),
    ...["run", ...projects.flatMap((name) => ["--project", name]), "--silent", "--no-color"],
    ...["--reporter=dot", "--reporter=json", `--outputFile.json=${results}`],
  ],
  { env: { NO_COLOR: "1" } },
);
console.log(`${vitest.code === 0 ? "ok    " : "FAILED"} tests (${vitest.seconds.toFixed(1)} s)`);
if (vitest.code !== 0) console.log(vitest.output.trimEnd());
const failedBefore = count.failed;
try {
  readResults();
} catch (error) {
  console.log(`no test results: ${error.message}`);
}
// A run that fails outside any test (an unhandled rejection, a crash) counts as one failure.
if (vitest.code !== 0 && count.failed === failedBefore) count.failed++;

const summary = `${count.passed} passed, ${count.failed} failed`;
writeFileSync(join(cache, "summary.txt"), `${summary}\n`);
if (count.skipped > 0) console.log(`${count.skipped} skipped`);
if (!withBrowser) console.log("skipped the browser tests: npm run test:browser runs them");
console.log(summary);
process.exitCode = count.failed > 0 ? 1 : 0;
