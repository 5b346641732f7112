/**
 * The same bits in Node and in Chromium: every parity case, and 200 steps of the nitrogen network.
 */
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { sourceAlias } from "../support/child.ts";
import { ROOT } from "../support/files.ts";
import type { CaseBase, JsonTensor } from "../support/torch-json.ts";
import { readGroup } from "../support/torch-json.ts";
import { openBrowser, openPage, serve } from "./browser.ts";
import type { SameBits } from "./same-bits.ts";
import { sameBits } from "./same-bits.ts";

interface TrainingCase extends CaseBase {
  readonly inputs: readonly JsonTensor[];
}

/** The scaled rows of the nitrogen data. */
function nitrogenRows(): number[][] {
  const { cases } = readGroup<TrainingCase>("11_end_to_end");
  const found = cases.find((c) => c.name.includes("nitrogen"))!;
  return found.inputs.map((input) => input.data.map(Number));
}

async function bundle(): Promise<string> {
  const result = await build({
    stdin: {
      contents: `import { sameBits } from "./same-bits.ts"; globalThis.sameBits = sameBits;`,
      resolveDir: join(ROOT, "test/browser"),
    },
    bundle: true,
    write: false,
    platform: "browser",
    format: "esm",
    target: "es2022",
    alias: sourceAlias("web"),
  });
  return result.outputFiles[0]!.text;
}

describe("Node and Chromium", () => {
  test("compute the same bits", { timeout: 180_000 }, async (context) => {
    const browser = await openBrowser(context);
    const site = await serve({
      "page.html": `<title>same bits</title><script type="module" src="same-bits.js"></script>`,
      "same-bits.js": await bundle(),
    });
    try {
      const { page, faults } = await openPage(browser, site, "page.html");
      const rows = nitrogenRows();
      const there = await page.evaluate(([x, y]) => {
        const { sameBits: run } = globalThis as unknown as {
          sameBits: (x: number[], y: number[]) => SameBits;
        };
        return run(x!, y!);
      }, rows);
      const here = sameBits(rows[0]!, rows[1]!);
      console.log(
        `same bits: ${there.parity.cases} parity cases, hash ${there.parity.hash}; ` +
          `training ${there.training}`,
      );
      expect(faults).toEqual([]);
      expect(there.parity.failures).toEqual([]);
      expect(there.parity.cases).toBe(here.parity.cases);
      expect(there).toEqual(here);
    } finally {
      await browser.close();
      await site.close();
    }
  });
});
