/** Every page of the lab in Chromium: axe in both themes and widths, print, policy, quizzes. */
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { PAGES } from "../../lab/pages.ts";
import { looked } from "../support/guard.ts";
import type { LabPage } from "./lab-site.ts";
import { audit, waitForText } from "./lab-site.ts";
import { useLab } from "./lab-world.ts";

const lab = useLab();
const paths = PAGES.map(({ path }) => path);

describe.for(paths)("page /%s", (path) => {
  let opened: LabPage;
  beforeEach(async () => {
    opened ??= await lab.open(path, { colorScheme: "light" });
  });
  afterAll(() => opened?.close());

  it("is sound and quickly painted", async ({ task }) => {
    const { page, faults } = opened;
    const paint = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    );
    looked(task, `lab /${path}: first paint after ${Math.round(paint)} ms`);
    expect(await page.locator("[style]").count()).toBe(0);
    expect(await page.locator("main h1").count()).toBe(1);
    expect(faults).toEqual([]);
  });

  for (const width of [1280, 390]) {
    it.for(["light", "dark"] as const)(`is accessible at ${width} pixels: %s`, async (scheme) => {
      const { page } = opened;
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 844 });
      await page.waitForTimeout(100); // transitions of colours end
      const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(dark).toBe(scheme === "dark" ? "rgb(20, 23, 28)" : "rgb(251, 250, 247)");
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider).toBeLessThanOrEqual(0);
      // The other theme has other colours, and nothing else.
      expect(await audit(page, scheme === "dark" ? ["color-contrast"] : undefined)).toEqual([]);
    });
  }

  it("prints on paper's width and colour, without buttons and navigation", async () => {
    const { page } = opened;
    await page.setViewportSize({ width: 794, height: 1123 }); // A4 at 96 dots an inch
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const seen = (selector: string): Promise<number> =>
      page.locator(selector).filter({ visible: true }).count();
    expect(await seen("nav, .button, select, [role=tab][aria-selected=false], #unready")).toBe(0);
    expect(await seen("main h1")).toBe(1);
    expect(await seen("main h2")).toBe(await page.locator("main h2").count());
    const style = await page.evaluate(() => ({
      background: getComputedStyle(document.body).backgroundColor,
      wider: document.documentElement.scrollWidth - innerWidth,
    }));
    expect(style).toEqual({ background: "rgb(255, 255, 255)", wider: 0 });
    // Printers leave grounds out: nothing may need one to be read.
    const pale = await page.locator("main :is(label, .state, .button)").evaluateAll((all) =>
      all
        .filter((one) => one.checkVisibility())
        .filter((one) => getComputedStyle(one).color === "rgb(255, 255, 255)")
        .map((one) => one.textContent),
    );
    expect(pale).toEqual([]);
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
    await page.emulateMedia({ media: null, colorScheme: "light" });
  });

  if (path.startsWith("lessons/")) {
    it("has a quiz that explains every choice", async () => {
      const { page, faults } = opened;
      const questions = page.locator(".question");
      const count = await questions.count();
      expect(count).toBeGreaterThanOrEqual(3);
      for (let q = 0; q < count; q++) {
        const choices = questions.nth(q).getByRole("radio");
        let right = 0;
        for (let c = 0; c < (await choices.count()); c++) {
          await choices.nth(c).check();
          const verdict = questions.nth(q).locator(".verdict");
          expect((await verdict.textContent())!.length).toBeGreaterThan(40);
          if ((await verdict.getAttribute("class"))!.includes("right")) right++;
        }
        expect(right).toBe(1);
      }
      expect(await audit(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.reload();
      await waitForText(page, "main", new RegExp(`Done in this lesson: ${count} of`));
    });
  }

  it("takes its policy along, and the policy holds", async () => {
    const { page, faults } = opened;
    const policy = await page.locator("meta[http-equiv]").getAttribute("content");
    expect(policy).toContain("default-src 'none'");
    expect(faults).toEqual([]);
    const blocked = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "globalThis.injected = true";
      document.body.append(script);
      const answer = await fetch("http://127.0.0.2:9/").catch(() => "blocked");
      return [(globalThis as Record<string, unknown>)["injected"], answer];
    });
    expect(blocked).toEqual([undefined, "blocked"]);
    const reports = (): number => faults.filter((fault) => fault.includes("policy: ")).length;
    // Two faults, each against the page's own policy and against the server's.
    await expect.poll(reports, { timeout: 5000 }).toBe(4);
  });
});
