/** The README's web page runs as it stands. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../support/documents.ts";
import { ROOT, readFile } from "../support/files.ts";
import { openBrowser, openPage, serve } from "./browser.ts";

describe("a page in the browser", () => {
  const html = (): string => {
    const found = blocksOf("README.md", readFile("README.md")).find((b) => b.language === "html");
    if (found === undefined) throw new Error("README.md has no fenced html block");
    return found.code;
  };
  const shows = async (page: Page): Promise<void> => {
    const output = page.locator("#out");
    await expect.poll(() => output.textContent(), { timeout: 20_000 }).toMatch(/^0\.0[789]/);
  };

  it("of the README shows a number and no error", async (context) => {
    const browser = await openBrowser(context);
    const site = await serve({ "page.html": html() });
    try {
      const { page, faults } = await openPage(browser, site, "page.html");
      await shows(page);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
      await site.close();
    }
  });

  it("of the README works from a folder, by double click", async (context) => {
    const browser = await openBrowser(context);
    const folder = mkdtempSync(join(tmpdir(), "nabla-page-"));
    try {
      writeFileSync(join(folder, "page.html"), html());
      copyFileSync(`${ROOT}dist/nabla.global.js`, join(folder, "nabla.global.js"));
      const page = await browser.newPage();
      await page.goto(pathToFileURL(join(folder, "page.html")).href);
      await shows(page);
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("as a module shows the same", async (context) => {
    const browser = await openBrowser(context);
    const module = html()
      .replace(/<script src=.*\n<script>/, `<script type="module">`)
      .replace("const { tensor", "import { tensor")
      .replace("} = nabla;", `} from "./nabla.browser.js";`);
    expect(module).toContain("./nabla.browser.js");
    const site = await serve({ "page.html": module });
    try {
      const { page, faults } = await openPage(browser, site, "page.html");
      await shows(page);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
      await site.close();
    }
  });

  it("that fails is seen to fail", async (context) => {
    const browser = await openBrowser(context);
    const code = `import "./nowhere.js"; document.title = "never";`;
    const site = await serve({
      "bad.html": `<img src="http://127.0.0.2:9/x.png"><script>throw new Error("seeded")</script>
        <script type="module">${code}</script>`,
    });
    try {
      const { page, faults } = await openPage(browser, site, "bad.html");
      await page.waitForLoadState();
      const seen = faults.join("\n");
      expect(seen).toContain("seeded");
      expect(seen).toContain("404");
      expect(seen).toContain("request: http://127.0.0.2:9/x.png");
    } finally {
      await browser.close();
      await site.close();
    }
  });
});
