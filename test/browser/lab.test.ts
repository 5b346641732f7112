/** The lab in a real browser: its pages, controls, quizzes, links, print, keyboard, offline. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { PAGES } from "../../lab/app/pages.ts";
import { ROOT } from "../support/files.ts";
import { looked } from "../support/guard.ts";
import { openBrowser } from "./browser.ts";
import type { LabSite } from "./lab-site.ts";
import { audit, buildLab, openLab, serveLab, waitForText } from "./lab-site.ts";

let browser: Browser | undefined;
let site: LabSite;

beforeEach(async (context) => {
  if (browser !== undefined) return;
  browser = await openBrowser(context);
  looked(context.task, buildLab());
  site = await serveLab();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await site?.server.close();
});

const paths = PAGES.map(({ path }) => path);
const open = (path: string, options = {}) => openLab(browser!, site, path, options);
const box = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

describe.for(paths)("page /%s", (path) => {
  it.for(["light", "dark"] as const)(
    "is sound and accessible: %s",
    async (colorScheme, { task }) => {
      const { page, faults, close } = await open(path, { colorScheme });
      await page.waitForTimeout(300);
      expect(await audit(page)).toEqual([]);
      const paint = await page.evaluate(
        () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
      );
      looked(task, `lab /${path} ${colorScheme}: first paint after ${Math.round(paint)} ms`);
      expect(await page.locator("[style]").count()).toBe(0);
      expect(faults).toEqual([]);
      await close();
    },
  );

  it("fits 390 pixels, and axe finds nothing there", async () => {
    const { page, faults, close } = await open(path, { viewport: { width: 390, height: 844 } });
    await page.waitForTimeout(300);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider).toBeLessThanOrEqual(0);
    expect(await audit(page)).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  it("prints without buttons and navigation", async () => {
    const { page, close } = await open(path);
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("navigation").filter({ visible: true }).count()).toBe(0);
    expect(await page.locator("main h1").isVisible()).toBe(true);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe("rgb(255, 255, 255)");
    await close();
  });

  it("takes its policy along, and the policy holds", async () => {
    const { page, close } = await open(path);
    const policy = await page.locator("meta[http-equiv]").getAttribute("content");
    expect(policy).toContain("default-src 'none'");
    const blocked = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "globalThis.injected = true";
      document.body.append(script);
      const answer = await fetch("http://127.0.0.2:9/").catch(() => "blocked");
      return [(globalThis as Record<string, unknown>)["injected"], answer];
    });
    expect(blocked).toEqual([undefined, "blocked"]);
    await close();
  });
});

describe("quizzes", () => {
  it.for(paths.filter((path) => path !== ""))("of /%s explain every choice", async (path) => {
    const { page, faults, close } = await open(path);
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
    await waitForText(page, "main", new RegExp(`Done in this lesson: ${count}`));
    await close();
  });
});

describe("the home page", () => {
  it("learns, and reacts to the pointer", async () => {
    const { page, faults, close } = await open("");
    const loss = async (): Promise<number> =>
      Number((await page.locator(".loss").textContent())!.replace("−", "-"));
    await waitForText(page, "main", /after [1-9][\d,]{3,} steps/);
    const before = await loss();
    expect(before).toBeLessThan(0.05);
    const plot = (await page.locator(".plot svg").last().boundingBox())!;
    await page.mouse.move(plot.x + 0.5 * plot.width, plot.y + 0.5 * plot.height);
    await page.mouse.move(plot.x + 0.6 * plot.width, plot.y + 0.15 * plot.height);
    await page.waitForTimeout(100);
    expect(await loss()).toBeGreaterThan(before);
    await button(page, "Pause").click();
    await button(page, "Learn").waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it("does not move by itself where motion is reduced", async () => {
    const { page, close } = await open("", { reducedMotion: "reduce" });
    await page.waitForTimeout(700);
    expect(await page.locator("main").textContent()).toContain("after 0 steps");
    await button(page, "Learn").click();
    await waitForText(page, "main", /after [1-9]\d+ steps/);
    await close();
  });
});

describe("lesson 1", () => {
  it("computes as the knobs turn, and checks its tasks", async () => {
    const { page, faults, close } = await open("lessons/01-neuron/");
    await waitForText(page, "[data-tip]", /^7\.6 %$/);
    await box(page, "weight w").fill("1");
    await box(page, "bias b").fill("-2");
    await page.keyboard.press("Enter");
    await page.locator("[data-task=threshold]").getByRole("button").click();
    await waitForText(page, "[data-task=threshold]", /Silent up to 2/);
    await box(page, "input x").fill("99");
    await page.keyboard.press("Tab");
    await waitForText(page, "main", /“99”; it goes from −6 to 6/);
    expect(await audit(page)).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });
});

describe("lesson 2", () => {
  const path = "lessons/02-backpropagation/";

  it("walks forwards and back by keyboard alone", async () => {
    const { page, faults, close } = await open(path);
    const next = button(page, "Next →");
    for (let i = 0; i < 80 && !(await next.evaluate((e) => e === document.activeElement)); i++) {
      await page.keyboard.press("Tab");
    }
    for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowRight");
    await waitForText(page, ".walk", /∂L\/∂w₁ = ∂L\/∂z · ∂z\/∂w₁ = −4 · 2 = −8/);
    await page.keyboard.press("ArrowLeft");
    await waitForText(page, ".walk", /Backward 4/);
    await page.keyboard.press("End");
    await waitForText(page, ".walk", /Backward 5/);
    await page.keyboard.press("Home");
    await waitForText(page, ".walk", /Before the walk/);
    expect(faults).toEqual([]);
    await close();
  });

  it("shows the engine's gradients, updates, and dies with its ReLU", async () => {
    const { page, faults, close } = await open(path);
    await waitForText(page, "[data-engine=w1]", /^−8$/);
    await waitForText(page, "[data-loss=w2]", /^2\.56$/);
    await waitForText(page, "[data-loss=both]", /^0\.41$/);
    await button(page, "Update w₂").click();
    await waitForText(page, "[data-loss=now]", /^2\.56$/);
    await button(page, "As in the lecture").click();
    await waitForText(page, "[data-loss=now]", /^4$/);
    await button(page, "Update both").click();
    await waitForText(page, "[data-loss=now]", /^0\.4096$/);
    await button(page, "Switch the ReLU off").click();
    await waitForText(page, "[data-engine=w1]", /^−?0$/);
    await page.locator("[data-task=dead]").getByRole("button").click();
    await waitForText(page, "[data-task=dead]", /Dead: the loss is not 0/);
    await page.getByLabel("∂L/∂w₂ =").fill("-30");
    await page.keyboard.press("Enter");
    await waitForText(page, "[data-task=gradient]", /The engine agrees/);
    expect(faults).toEqual([]);
    await close();
  });

  it("lights a symbol in the formula and in the picture together", async () => {
    const { page, close } = await open(path);
    await page.locator(".graph g", { hasText: "ReLU(z)" }).first().hover();
    expect(await page.locator("math .s-h.lit").count()).toBeGreaterThan(0);
    await page.locator("math .s-w2").first().hover();
    expect(await page.locator(".graph g.lit").textContent()).toContain("w₂");
    await close();
  });

  it("is preset by a link, which names what it cannot use and runs nothing", async () => {
    const evil = encodeURIComponent("<img src=x onerror=alert(1)>");
    const { page, faults, close } = await open(`${path}?w1=-0.5&tagret=2&x=99&${evil}=1`);
    await waitForText(page, "[data-engine=w1]", /^−?0$/);
    const notice = await page.locator(".notice").textContent();
    expect(notice).toMatch(/“tagret”.*Did it mean “target”/);
    expect(notice).toMatch(/“99”; it goes from −10 to 10/);
    expect(notice).toContain("<img src=x onerror=alert(1)>");
    expect(await page.locator("main img").count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  it("copies code and settings", async () => {
    const { page, close } = await open(path, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.getByRole("tab", { name: "NumPy" }).click();
    await button(page, "Copy").click();
    const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    await waitForText(page, ".code", /Copied/);
    expect(await clipboard()).toContain("import numpy as np");
    await box(page, "w₁").fill("2");
    await page.keyboard.press("Enter");
    await button(page, "Link to these settings").click();
    await waitForText(page, "main", /Link copied/);
    expect(await clipboard()).toBe(`${site.origin}/${path}?w1=2#experiment`);
    await close();
  });
});

describe("lesson 3", () => {
  const path = "lessons/03-training-loop/";

  it("runs line by line, and thousands of epochs a second", async ({ task }) => {
    const { page, faults, close } = await open(path);
    await button(page, "1 line").click();
    await waitForText(page, ".lines [aria-current]", /1 forward/);
    await button(page, "1 epoch").click();
    await waitForText(page, "[data-now=epoch]", /^1$/);
    await page.getByText("full speed").click();
    await button(page, "Run").click();
    await waitForText(page, "[data-now=epoch]", /\d,\d{3}/);
    const text = await waitForText(page, "main", /Measured: [\d,]+ epochs/);
    looked(task, `lab lesson 3: ${/Measured: [\d,]+ epochs a second/.exec(text)![0]}`);
    await button(page, "Pause").click();
    await waitForText(page, "[data-now=loss]", /^281\.8$/);
    expect(faults).toEqual([]);
    await close();
  });

  it("shows what happens when a line is left out", async () => {
    const { page, close } = await open(`${path}?leave=forward`);
    await button(page, "1 line").click();
    await button(page, "1 line").click();
    await waitForText(page, "[role=alert]", /"prediction" does not exist/);
    await page.getByRole("radio", { name: "4 update" }).check();
    await button(page, "Start over").click();
    await page.getByText("full speed").click();
    await button(page, "Run").click();
    await waitForText(page, "[data-now=epoch]", /\d\d/);
    await page.locator("[data-task=silent]").getByRole("button").click();
    await waitForText(page, "[data-task=silent]", /No error/);
    await close();
  });
});

/** Makes every animation frame's work count. */
function watchFrames(): void {
  const original = requestAnimationFrame;
  const frames: number[] = [];
  Object.assign(globalThis, { frames });
  globalThis.requestAnimationFrame = (callback) =>
    original((time) => {
      const start = performance.now();
      callback(time);
      frames.push(performance.now() - start);
    });
}

describe("lesson 4", () => {
  const path = "lessons/04-nitrogen/";

  it("trains fast while the page stays smooth", async ({ task }) => {
    const { page, faults, close } = await open(path);
    await page.evaluate(watchFrames);
    await button(page, "5,000 epochs").click();
    await waitForText(page, "[data-now=epoch]", /^5,000$/);
    await waitForText(page, "[data-now=loss]", /e−5$/);
    await button(page, "Train").click();
    await page.waitForTimeout(2000);
    await button(page, "Pause").click();
    await button(page, "Train").waitFor();
    const epochs = Number(
      (await page.locator("[data-now=epoch]").textContent())!.replaceAll(",", ""),
    );
    const frames = await page.evaluate(
      () => (globalThis as unknown as { frames: number[] }).frames,
    );
    frames.sort((a, b) => a - b);
    const at = (share: number): string =>
      frames[Math.floor(share * (frames.length - 1))]!.toFixed(1);
    looked(
      task,
      `lab lesson 4: ${epochs - 5000} epochs in 2 s; work per frame: median ${at(0.5)} ms, ` +
        `95 % ${at(0.95)} ms, most ${at(1)} ms, of ${frames.length}`,
    );
    expect(epochs).toBeGreaterThan(6000);
    expect(faults).toEqual([]);
    await close();
  });

  it("takes every setting, in mid-run too, with one run at a time", async () => {
    const { page, faults, close } = await open(path);
    await button(page, "Train").dblclick({ delay: 5 });
    for (const name of ["ReLU", "SGD", "T only", "12 noisy rows", "off", "sigmoid"]) {
      await page.getByText(name, { exact: true }).first().click();
    }
    await box(page, "hidden units").fill("100");
    await page.keyboard.press("Enter");
    await box(page, "learning rate").fill("1");
    await page.keyboard.press("Enter");
    await button(page, "New start").click();
    await waitForText(page, "[data-now=epoch]", /^0$/);
    await button(page, "5,000 epochs").click();
    await waitForText(page, "main", /Diverged: at epoch \d+/);
    expect(await page.locator("[data-now=epoch]").textContent()).not.toContain("-");
    expect(await audit(page)).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  it("has tasks whose answers are checked against measured losses", async () => {
    const { page, faults, close } = await open(path);
    const task = (id: string) => page.locator(`[data-task=${id}]`);
    await task("width").getByLabel("H =").fill("50");
    await task("width").getByRole("button", { name: "Check" }).click();
    await waitForText(page, "[data-task=width]", /Train first/);
    const kinds = ["forward", "loss", "backward", "update", "zero"];
    for (const [i, kind] of kinds.entries()) {
      await task("lines").getByRole("combobox").nth(i).selectOption(kind);
    }
    await task("lines").getByRole("button", { name: "Check" }).click();
    await waitForText(page, "[data-task=lines]", /All five are right/);
    await task("width").getByRole("button", { name: "Train all six" }).click();
    await task("width").getByRole("button", { name: "Train all six" }).waitFor({ timeout: 60_000 });
    for (const width of [100, 50, 20]) {
      await task("width").getByLabel("H =").fill(String(width));
      await task("width").getByRole("button", { name: "Check" }).click();
      if (await task("width").locator(".verdict.right").isVisible()) break;
    }
    await waitForText(page, "[data-task=width]", /H = \d+ has the lowest/);
    await task("rates").getByRole("button", { name: "Train" }).click();
    await task("rates").getByRole("button", { name: "Train at" }).waitFor({ timeout: 60_000 });
    await task("rates").getByRole("combobox").selectOption("no");
    await task("rates").getByRole("button", { name: "Check" }).click();
    await waitForText(page, "[data-task=rates]", /None does/);
    expect(await audit(page)).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  }, 120_000);

  it("checks the page: no plain descent reaches the printed loss", async () => {
    const { page, close } = await open(path);
    await button(page, "Train ten of each").click();
    await page.getByText(/0 of 10 by plain descent reach/).waitFor({ timeout: 60_000 });
    expect(await page.locator("[data-measured=sgd]").textContent()).toMatch(
      /^0\.00\d+ to 0\.00\d+$/,
    );
    await close();
  }, 120_000);
});

describe("everywhere", () => {
  it("works offline after the first visit", async () => {
    const { page, close } = await open("");
    await waitForText(page, "#offline", /works without a network/);
    await page.context().setOffline(true);
    await page.goto(`${site.origin}/lessons/02-backpropagation/?w2=2`);
    await page.waitForSelector("html[data-ready]");
    await waitForText(page, "[data-engine=w2]", /^−2$/);
    await page.reload();
    await waitForText(page, "[data-engine=w2]", /^−2$/);
    await close();
  });

  it("remembers the theme", async () => {
    const { page, close } = await open("");
    await page.getByRole("button", { name: /^Theme/ }).click();
    await page.getByRole("button", { name: /^Theme: light/ }).click();
    await page.goto(`${site.origin}/lessons/01-neuron/`);
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await close();
  });

  it("says what is wrong when the engine cannot be loaded, and goes on", async () => {
    const context = await browser!.newContext({ serviceWorkers: "block" });
    await context.route("**/worker-*.js", (route) => route.abort());
    const page = await context.newPage();
    await page.goto(`${site.origin}/lessons/04-nitrogen/`);
    await waitForText(page, "[role=alert]", /The engine could not go on/);
    await context.unroute("**/worker-*.js");
    await button(page, "Start the engine again").first().click();
    await button(page, "1 epoch").click();
    await waitForText(page, "[data-now=epoch]", /^1$/);
    await context.close();
  });

  it("lives with a full storage and a second tab", async () => {
    const { page, faults, close } = await open("lessons/01-neuron/");
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await page.getByRole("radio").nth(1).check();
    await waitForText(page, ".bottom", /storage is full or closed/);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.waitForSelector("html[data-ready]");
    await second.getByRole("radio").nth(1).check();
    await waitForText(page, "main", /Done in this lesson: 1/);
    expect(faults).toEqual([]);
    await close();
  });

  it("works in a subfolder of any static host", async () => {
    const { page, close } = await open("lessons/04-nitrogen/");
    const absolute = await page.evaluate(() =>
      [...document.querySelectorAll("[href], [src]")]
        .map((e) => e.getAttribute("href") ?? e.getAttribute("src")!)
        .filter((url) => url.startsWith("/") || /^https?:/.test(url)),
    );
    expect(absolute).toEqual([]);
    await close();
  });

  it("has no style attribute and no inline script in any file", ({ task }) => {
    const dist = join(ROOT, "lab/dist");
    const names = readdirSync(dist, { recursive: true, encoding: "utf8" });
    const pages = names.filter((name) => name.endsWith(".html"));
    for (const name of pages) {
      const html = readFileSync(join(dist, name), "utf8");
      const tags = html.replace(/<pre[\s\S]*?<\/pre>/g, "");
      expect(tags).not.toMatch(/<[^>]* style=/);
      expect(tags).not.toMatch(/<[^>]* on\w+=/);
      expect(tags).not.toMatch(/<script>|<script type="module">/);
    }
    looked(task, `lab: looked at ${pages.length} built pages`);
    expect(pages.length).toBe(PAGES.length);
  });
});
