/** The nitrogen lesson in Chromium, and how much the main thread does while pages train. */
import { describe, expect, it } from "vitest";
import { looked } from "../support/guard.ts";
import { watchFrames } from "./lab-frames.ts";
import { audit, waitForText } from "./lab-site.ts";
import { box, button, useLab } from "./lab-world.ts";

const lab = useLab();

describe("lesson 4", () => {
  const path = "lessons/04-nitrogen/";

  it("trains fast, by one epoch, by thousands, and on and on", async ({ task }) => {
    const { page, faults, close } = await lab.open(path);
    await button(page, "1 epoch").click();
    await waitForText(page, "[data-now=epoch]", /^1$/);
    await button(page, "5,000 epochs").click();
    await waitForText(page, "[data-now=epoch]", /^5,000$/);
    await waitForText(page, "[data-now=loss]", /e−5$/);
    await page.getByLabel("Speed, in epochs a second").selectOption({ label: "full speed" });
    await button(page, "Train").click();
    await page.waitForTimeout(2000);
    await button(page, "Pause").click();
    await button(page, "Train").waitFor();
    const epochs = Number(
      (await page.locator("[data-now=epoch]").textContent())!.replaceAll(",", ""),
    );
    looked(task, `lab lesson 4: ${epochs - 5000} epochs in 2 s`);
    expect(epochs).toBeGreaterThan(11_000);
    expect(faults).toEqual([]);
    await close();
  });

  it("logs the same setting again and again, and keeps what exercises ask for", async () => {
    const { page, faults, close } = await lab.open(path);
    const train = async (to: string): Promise<void> => {
      await button(page, "5,000 epochs").click();
      await waitForText(page, "[data-now=epoch]", new RegExp(`^${to}$`));
      await button(page, "Train").waitFor();
    };
    await train("5,000");
    await train("10,000");
    await button(page, "Start over").click();
    await waitForText(page, "[data-now=epoch]", /^0$/);
    await train("5,000");
    const rate = box(page, "learning rate");
    await rate.fill("0.02");
    await rate.press("Enter");
    await train("10,000");
    await waitForText(page, ".log", /Adam 0\.02, rate changed on the way/);
    const epochs = await page.locator(".log tbody td:nth-child(2)").allTextContents();
    expect(epochs).toEqual(["10,000", "5,000", "10,000"]);
    expect(faults).toEqual([]);
    await close();
  });

  it("takes every setting, in mid-run too, with one run at a time", async () => {
    const { page, faults, close } = await lab.open(path);
    await button(page, "Train").dblclick({ delay: 5 });
    for (const name of ["ReLU", "SGD", "T only", "12 noisy rows", "off", "sigmoid"]) {
      await page.getByText(name, { exact: true }).first().click();
    }
    await box(page, "hidden units").fill("100");
    await page.keyboard.press("Enter");
    await box(page, "learning rate").fill("1");
    await page.keyboard.press("Enter");
    await button(page, "Start over").click();
    await waitForText(page, "[data-now=epoch]", /^0$/);
    await button(page, "5,000 epochs").click();
    await waitForText(page, "main", /Diverged: at epoch \d+/);
    expect(await page.locator("[data-now=epoch]").textContent()).not.toContain("-");
    expect(await audit(page)).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  it("says what the doctor finds, and nothing of a healthy network", async () => {
    const { page, faults, close } = await lab.open(`${path}?scale=none`);
    await button(page, "5,000 epochs").click();
    const flat = /Layer 1 \(Tanh\): 100 % of the activations lie where tanh is flat\. Where an/;
    await waitForText(page, "[data-findings]", flat);
    expect(await audit(page)).toEqual([]);
    await page.getByText("T and cp", { exact: true }).first().click();
    await button(page, "5,000 epochs").click();
    await waitForText(page, "[data-now=epoch]", /^5,000$/);
    expect(await page.locator("[data-findings]").count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });

  it("has tasks whose answers are checked against measured losses", async () => {
    const { page, faults, close } = await lab.open(path);
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
    expect(await box(page, "hidden units").isDisabled()).toBe(true); // it would spoil the sweep
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
    await task("activation").getByRole("button", { name: "Train all three" }).click();
    await task("activation")
      .getByRole("button", { name: "Train all" })
      .waitFor({ timeout: 60_000 });
    for (const worst of ["tanh", "sigmoid", "relu"]) {
      await task("activation").getByRole("combobox").selectOption(worst);
      await task("activation").getByRole("button", { name: "Check" }).click();
      if (await task("activation").locator(".verdict.right").isVisible()) break;
    }
    await waitForText(page, "[data-task=activation]", /Yes: tanh .*, relu .*, sigmoid/);
    await task("optimizer").getByRole("button", { name: "Train both" }).click();
    await task("optimizer")
      .getByRole("button", { name: "Train both" })
      .waitFor({ timeout: 60_000 });
    const loss = async (row: string): Promise<number> => {
      const cell = page
        .locator(".log tr", { has: page.getByText(row, { exact: true }) })
        .locator("td")
        .nth(1);
      return Number((await cell.textContent())!.trim().replace("−", "-"));
    };
    const factor = (await loss("H 10, tanh, SGD 0.01")) / (await loss("H 10, tanh, Adam 0.01"));
    await task("optimizer")
      .getByLabel("times")
      .fill((3 * factor).toPrecision(3));
    await task("optimizer").getByRole("button", { name: "Check" }).click();
    await waitForText(page, "[data-task=optimizer]", /Divide the loss/);
    await task("optimizer").getByLabel("times").fill(factor.toPrecision(3));
    await page.keyboard.press("Enter");
    await waitForText(page, "[data-task=optimizer]", /Yes: /);
    expect(await audit(page)).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  }, 120_000);

  it("shows that a hundred units overfit noisy rows, and only those", async () => {
    const { page, close } = await lab.open(path);
    const task = page.locator("[data-task=overfit]");
    await task.getByRole("button", { name: "Train both" }).click();
    await task.getByRole("button", { name: "Training …" }).waitFor();
    await task.getByRole("button", { name: "Train both" }).waitFor({ timeout: 100_000 });
    await task.getByRole("combobox").selectOption("both");
    await task.getByRole("button", { name: "Check" }).click();
    await waitForText(page, "[data-task=overfit]", /Compare held-out losses/);
    await task.getByRole("combobox").selectOption("noisy");
    await task.getByRole("button", { name: "Check" }).click();
    await waitForText(page, "[data-task=overfit]", /held-out loss rises from/);
    await close();
  }, 120_000);

  it("is preset by a link, and links back to it", async () => {
    const { page, faults, close } = await lab.open(`${path}?hidden=3&rows=noisy&scale=input`, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await waitForText(page, "math .v-P", /^10$/);
    expect(await page.getByRole("radio", { name: "12 noisy rows" }).isChecked()).toBe(true);
    expect(await page.locator(".net .cell").count()).toBe(5);
    await button(page, "Link to these settings").click();
    await waitForText(page, "main", /Link copied/);
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toContain("?hidden=3&scale=input&rows=noisy#experiment");
    expect(faults).toEqual([]);
    await close();
  });

  it("shows settings, picture and result on one screen", async () => {
    const { page, close } = await lab.open(`${path}#experiment`);
    const low = async (selector: string): Promise<number> => {
      const { y, height } = (await page.locator(selector).first().boundingBox())!;
      return y + height;
    };
    expect(await low(".stage .button.main")).toBeGreaterThan(0);
    for (const part of ["#set-seed", ".main svg[role=img]", ".curve svg[role=img]", ".results"]) {
      expect(await low(part), part).toBeLessThan(800);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    const between = (await low("#set-hidden")) - (await low(".main svg[role=img]"));
    expect(between).toBeGreaterThan(0);
    expect(between).toBeLessThan(300); // the settings follow the picture and its numbers
    await close();
  });

  it("is used by keyboard alone", async () => {
    const { page, faults, close } = await lab.open(path);
    const tabTo = async (what: string): Promise<void> => {
      for (let i = 0; i < 90; i++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, what)) return;
      }
      throw new Error(`the Tab key does not reach ${what}`);
    };
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("To the content");
    await page.keyboard.press("Enter");
    await tabTo(".button.main");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outline);
    expect(outline).toContain("3px");
    await page.keyboard.press("Enter");
    await waitForText(page, "[data-now=epoch]", /\d,\d{3}/);
    await page.keyboard.press("Space");
    await button(page, "Train").waitFor();
    await tabTo("#set-hidden");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("12");
    await page.keyboard.press("Enter");
    await waitForText(page, "math .v-P", /^37$/);
    await tabTo("input[type=radio][name=set-activation]");
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("radio", { name: "ReLU" }).isChecked()).toBe(true);
    await tabTo("[role=tab]");
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("tab", { name: "PyTorch" }).getAttribute("aria-selected")).toBe(
      "true",
    );
    await tabTo(".question input");
    await page.keyboard.press("ArrowDown");
    await waitForText(page, ".question .verdict", /^Right\./);
    await tabTo("a[rel=prev]"); // no control keeps the focus
    expect(faults).toEqual([]);
    await close();
  });

  it("checks the page: no plain descent reaches the printed loss", async () => {
    const { page, close } = await lab.open(path);
    await button(page, "Train ten of each").click();
    await page.getByText(/0 of 10 by plain descent reach/).waitFor({ timeout: 60_000 });
    expect(await page.locator("[data-measured=sgd]").textContent()).toMatch(
      /^0\.00\d+ to 0\.00\d+$/,
    );
    await close();
  }, 120_000);
});

describe("the main thread, while a page trains", () => {
  const RUNS: readonly (readonly [path: string, before: string, start: string])[] = [
    ["", "", ""],
    ["lessons/03-training-loop/", "full speed", "Run"],
    ["lessons/03-training-loop/", "20 epochs/s", "Run"],
    ["lessons/04-nitrogen/?rows=noisy", "", "Train"],
    ["lessons/04-nitrogen/?hidden=100&activation=relu&scale=none", "", "Train"],
  ];

  it.for(RUNS)("works at most 8 ms in a frame: /%s %s", async ([path, before, start], { task }) => {
    const { page, close } = await lab.open(path);
    if (before !== "") await page.getByText(before, { exact: true }).click();
    if (start !== "") await button(page, start).click();
    await page.waitForTimeout(700); // what is done once has been done
    let best = await watchFrames(lab.browser, page, 1500);
    // CPU time too grows on a machine that does much else: the best of five counts, and of it
    // all frames but the worst twentieth; the worst is shown.
    for (let again = 0; again < 4 && !(best.at(1) < 8); again++) {
      const next = await watchFrames(lab.browser, page, 1500);
      if (next.at(1) < best.at(1)) best = next;
    }
    const { frames, at } = best;
    const shown = [0.5, 0.95, 1].map((share) => at(share).toFixed(1)).join(", ");
    looked(
      task,
      `lab /${path} ${before}: ${shown} ms of CPU a frame (half, 95 %, most) of ${frames.length}`,
    );
    expect(frames.length).toBeGreaterThan(10);
    expect(at(0.95)).toBeLessThan(8);
    await close();
  });
});
