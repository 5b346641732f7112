/** The README's web page runs as it stands. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../support/documents.ts";
import { ROOT, readFile } from "../support/files.ts";
import { openBrowser, openPage, serve } from "./browser.ts";

describe("a page in the browser", () => {
  it("of the README shows a number and no error", async (context) => {
    if (!existsSync(`${ROOT}README.md`)) throw new Error("README.md does not exist yet");
    const html = blocksOf("README.md", readFile("README.md")).find((b) => b.language === "html");
    if (html === undefined) throw new Error("README.md has no fenced html block");
    const browser = await openBrowser(context);
    const site = await serve({ "page.html": html.code });
    try {
      const { page, faults } = await openPage(browser, site, "page.html");
      await page
        .waitForFunction(() => /\d/.test(document.querySelector("#out")?.textContent ?? ""), null, {
          timeout: 20_000,
        })
        .catch(() => undefined);
      expect(faults).toEqual([]);
      expect(await page.locator("#out").textContent()).toMatch(/\d/);
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
