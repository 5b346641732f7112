/**
 * The lab's frame in Chromium: offline, subfolders, plain http, progress, the engine's protocol.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { PAGES } from "../../lab/pages.ts";
import { ROOT } from "../support/files.ts";
import { looked } from "../support/guard.ts";
import { openLab, servePlain, waitForText } from "./lab-site.ts";
import { box, button, useLab } from "./lab-world.ts";

const lab = useLab();

/** Runs in a page: speaks the protocol with a worker; is a run after `restore` the one before? */
async function snapshots(url: string): Promise<Record<string, boolean>> {
  const worker = new Worker(url, { type: "module" });
  let id = 0;
  const ask = (command: object): Promise<{ snapshot?: unknown; report: { reading: unknown } }> =>
    new Promise((resolve, reject) => {
      const mine = ++id;
      worker.addEventListener("message", ({ data }) => {
        if (data.id === mine)
          return "error" in data ? reject(new Error(data.error)) : resolve(data);
      });
      worker.postMessage({ id: mine, command });
    });
  const settings = {
    ...{ hidden: 10, activation: "tanh", optimizer: "adam", scale: "both", rows: "noisy", seed: 1 },
    ...{ rate: 0.01, leave: "none", heights: Array.from({ length: 25 }, (_, i) => i / 25), at: 0 },
    ...{ x: 2, w: 1, b: 0, food: 8, service: 9, wFood: 0.5, wService: 0.4, base: 0 },
  };
  const same: Record<string, boolean> = {};
  for (const experiment of [
    "home",
    "lessons/01-neuron",
    "lessons/03-training-loop",
    "lessons/04-nitrogen",
  ]) {
    await ask({ kind: "start", experiment, settings });
    await ask({ kind: "step", count: 50 });
    const { snapshot } = await ask({ kind: "snapshot" });
    const there = await ask({ kind: "step", count: 50 });
    await ask({ kind: "restore", snapshot });
    const again = await ask({ kind: "step", count: 50 });
    same[experiment] = JSON.stringify(again.report) === JSON.stringify(there.report);
  }
  worker.terminate();
  return same;
}

describe("everywhere", () => {
  it("works offline after the first visit", async () => {
    const { page, close } = await lab.open("", { serviceWorkers: "allow" });
    await waitForText(page, "#offline", /works without a network/);
    await page.context().setOffline(true);
    await page.goto(`${lab.site.origin}/lessons/02-backpropagation/?w2=2`);
    await page.waitForSelector("html[data-ready]");
    await waitForText(page, "[data-engine=w2]", /^−2$/);
    await page.reload();
    await waitForText(page, "[data-engine=w2]", /^−2$/);
    await close();
  });

  it("works in a subfolder of any static host, offline too, by its own policy alone", async () => {
    const plain = await servePlain("/school/class 9b/lab/".replaceAll(" ", "-"));
    const { page, faults, close } = await openLab(lab.browser, plain, "", {
      serviceWorkers: "allow",
    });
    await page
      .getByRole("link", { name: /Nitrogen/ })
      .last()
      .click();
    await page.waitForURL(`${plain.origin}/lessons/04-nitrogen/`);
    await waitForText(page, "#offline", /works without a network/);
    await button(page, "5,000 epochs").click();
    await waitForText(page, "[data-now=epoch]", /^5,000$/);
    await page
      .getByRole("link", { name: /The training loop$/ })
      .last()
      .click();
    await page.waitForURL(`${plain.origin}/lessons/03-training-loop/`);
    expect(faults).toEqual([]);
    await plain.server.close();
    await page.getByRole("link", { name: "Nabla lab" }).click();
    await page.waitForURL(`${plain.origin}/`);
    await waitForText(page, "main", /after [1-9]\d* steps/);
    await close();
  });

  it("says on plain http what is missing and what to do", async () => {
    const plain = await servePlain("/");
    const context = await lab.browser.newContext();
    // A name that is not this computer: the browser takes the page for insecure.
    await context.route("http://lab.school.test/**", async (route) => {
      const { pathname } = new URL(route.request().url());
      const response = await route.fetch({ url: plain.origin + pathname });
      await route.fulfill({ response });
    });
    const page = await context.newPage();
    await page.goto("http://lab.school.test/lessons/01-neuron/");
    await waitForText(page, "#offline", /plain http.*serve it over https, or run nabla lab/);
    await box(page, "weight w").fill("2");
    await page.keyboard.press("Enter");
    await waitForText(page, "main", /changes z by 2\./);
    await button(page, "Copy").click();
    await waitForText(page, ".code", /Select and copy by hand/);
    await context.close();
    await plain.server.close();
  });

  it("says on file:// what to do", async () => {
    const page = await lab.browser.newPage();
    await page.goto(pathToFileURL(join(ROOT, "lab/dist/lessons/01-neuron/index.html")).href);
    const notice = page.locator("#unready");
    await notice.waitFor({ state: "visible", timeout: 8000 });
    expect(await notice.textContent()).toMatch(/opened from a file .*nabla lab/s);
    await page.close();
  });

  it("saves progress as a file", async () => {
    const { page, close } = await lab.open("lessons/01-neuron/");
    await page.locator(".question").first().getByRole("radio").nth(1).check();
    await waitForText(page, "main", /Done in this lesson: 1/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button(page, "Save progress as a file").click(),
    ]);
    expect(download.suggestedFilename()).toBe("nabla-lab-progress.json");
    const saved: unknown = JSON.parse(readFileSync(await download.path(), "utf8"));
    expect(saved).toEqual({ version: 1, done: { "01-neuron": ["quiz-1"] } });
    await page.goto(`${lab.site.origin}/`);
    await waitForText(page, ".lessons", /1 done/);
    await close();
  });

  it("goes back to snapshots in the worker, bit for bit", async ({ task }) => {
    const { page, close } = await lab.open("lessons/01-neuron/");
    const worker = readdirSync(join(ROOT, "lab/dist/assets")).find((f) => f.startsWith("worker-"));
    const same = await page.evaluate(snapshots, `${lab.site.origin}/assets/${worker}`);
    looked(task, `lab: snapshots of ${Object.keys(same).join(", ")}`);
    expect(Object.values(same)).toEqual([true, true, true, true]);
    await close();
  });

  it("remembers the theme", async () => {
    const { page, close } = await lab.open("");
    await page.getByRole("button", { name: /^Theme/ }).click();
    await page.getByRole("button", { name: /^Theme: light/ }).click();
    await page.goto(`${lab.site.origin}/lessons/01-neuron/`);
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await close();
  });

  it("says what is wrong when the engine cannot be loaded, and goes on", async () => {
    const context = await lab.browser.newContext({ serviceWorkers: "block" });
    await context.route("**/worker-*.js", (route) => route.abort());
    const page = await context.newPage();
    await page.goto(`${lab.site.origin}/lessons/04-nitrogen/`);
    await waitForText(page, "[role=alert]", /The engine could not go on/);
    await context.unroute("**/worker-*.js");
    await button(page, "Start the engine again").first().click();
    await button(page, "1 epoch").click();
    await waitForText(page, "[data-now=epoch]", /^1$/);
    await context.close();
  });

  it("lives with a full storage and a second tab", async () => {
    const { page, faults, close } = await lab.open("lessons/01-neuron/");
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
