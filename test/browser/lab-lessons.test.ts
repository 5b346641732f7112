/** The home page and the first three lessons in Chromium: every control, task and link. */
import { describe, expect, it } from "vitest";
import { looked } from "../support/guard.ts";
import { audit, waitForText } from "./lab-site.ts";
import { box, button, useLab } from "./lab-world.ts";

const lab = useLab();

describe("the home page", () => {
  it("learns, and reacts to the pointer", async () => {
    const { page, faults, close } = await lab.open("");
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
    await button(page, "Put the points back").click();
    await button(page, "Pause").click();
    await button(page, "Learn").waitFor();
    await page.getByText("Move the points without a pointer").click();
    await page.getByLabel("height, slider").focus();
    const still = await loss();
    for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
    await box(page, "place").fill("0.5");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(100);
    expect(await loss()).toBeGreaterThan(still);
    await button(page, "Forget everything").click();
    await waitForText(page, "main", /after \d{1,3} steps/);
    expect(faults).toEqual([]);
    await close();
  });

  it("does not move by itself where motion is reduced", async () => {
    const { page, close } = await lab.open("", { reducedMotion: "reduce" });
    await page.waitForTimeout(700);
    expect(await page.locator("main").textContent()).toContain("after 0 steps");
    await button(page, "Learn").click();
    await waitForText(page, "main", /after [1-9]\d+ steps/);
    await close();
  });
});

describe("lesson 1", () => {
  it("computes as the knobs turn, and checks its tasks", async () => {
    const { page, faults, close } = await lab.open("lessons/01-neuron/");
    await waitForText(page, "[data-tip]", /^7\.6 %$/);
    await box(page, "weight w").fill("1");
    await box(page, "bias b").fill("-2");
    await page.keyboard.press("Enter");
    await page.locator("[data-task=threshold]").getByRole("button").click();
    await waitForText(page, "[data-task=threshold]", /Silent up to 2/);
    const check = async (id: string, text: RegExp): Promise<void> => {
      await page.locator(`[data-task=${id}]`).getByRole("button").click();
      await waitForText(page, `[data-task=${id}] .verdict`, text);
    };
    const set = async (name: string, value: string): Promise<void> => {
      await box(page, name).fill(value);
      await page.keyboard.press("Enter");
    };
    await set("weight w", "-2");
    await set("bias b", "4");
    await check("falling", /./);
    expect(await page.locator("[data-task=falling].done").count()).toBe(1);
    await check("tip", /./);
    expect(await page.locator("[data-task=tip].done").count()).toBe(0);
    await set("weight of food", "0.5");
    await set("weight of service", "1");
    await waitForText(page, "[data-tip]", /^13 %$/);
    await check("tip", /./);
    expect(await page.locator("[data-task=tip].done").count()).toBe(1);
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
    const { page, faults, close } = await lab.open(path);
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
    const { page, faults, close } = await lab.open(path);
    await waitForText(page, "[data-engine=w1]", /^−8$/);
    await waitForText(page, "[data-loss=w2]", /^2\.56$/);
    await waitForText(page, "[data-loss=both]", /^0\.4096$/);
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
    await box(page, "rate η").fill("0.9");
    await page.keyboard.press("Enter");
    await button(page, "As in the lecture").click();
    await page.locator("[data-task=overshoot]").getByRole("button").click();
    await waitForText(page, "[data-task=overshoot]", /overshoots|does not grow/);
    await page.locator("#more").getByRole("slider").focus();
    await page.keyboard.press("Home");
    await waitForText(page, "#more", /dy\/dx = −10 \+ 2 = −8/);
    await page.getByLabel("∂L/∂w₂ =").fill("-30");
    await page.keyboard.press("Enter");
    await waitForText(page, "[data-task=gradient]", /The engine agrees/);
    expect(faults).toEqual([]);
    await close();
  });

  it("lights a symbol in the formula and in the picture together", async () => {
    const { page, close } = await lab.open(path);
    await page.locator(".graph g", { hasText: "ReLU(z)" }).first().hover();
    expect(await page.locator("math .s-h.lit").count()).toBeGreaterThan(0);
    await page.locator("math .s-w2").first().hover();
    expect(await page.locator(".graph g.lit").textContent()).toContain("w₂");
    await close();
  });

  it("is preset by a link, which names what it cannot use and runs nothing", async () => {
    const evil = encodeURIComponent("<img src=x onerror=alert(1)>");
    const { page, faults, close } = await lab.open(`${path}?w1=-0.5&tagret=2&x=99&${evil}=1`);
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
    const { page, close } = await lab.open(path, {
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
    expect(await clipboard()).toBe(`${lab.site.origin}/${path}?w1=2#experiment`);
    await close();
  });
});

describe("lesson 3", () => {
  const path = "lessons/03-training-loop/";

  it("has tasks that are checked, and colours that do not fade where motion is reduced", async () => {
    const { page, faults, close } = await lab.open(`${path}?rate=0.08`, {
      reducedMotion: "reduce",
    });
    const fade = await page
      .locator(".lines li")
      .first()
      .evaluate((element) => getComputedStyle(element).transitionDuration);
    expect(fade).toBe("0s");
    const check = async (id: string, text: RegExp): Promise<void> => {
      await page.locator(`[data-task=${id}]`).getByRole("button").click();
      await waitForText(page, `[data-task=${id}] .verdict`, text);
    };
    await check("fit", /Nothing has been trained yet/);
    for (const pace of ["10 lines/s", "20 epochs/s", "1,000 epochs/s"]) {
      await page.getByText(pace, { exact: true }).click();
    }
    await button(page, "Run").click();
    await waitForText(page, "[data-now=loss]", /^28\d\.?\d*$/);
    await button(page, "Pause").click();
    await check("fit", /Reached at epoch \d+\./);
    await box(page, "learning rate").fill("0.14");
    await page.keyboard.press("Enter");
    await button(page, "Start over").click();
    await page.getByText("full speed").click();
    await button(page, "Run").click();
    await waitForText(page, "main", /Diverged after \d+ epochs/);
    await check("diverge", /every step overshoots/);
    expect(faults).toEqual([]);
    await close();
  });

  it("runs line by line, and thousands of epochs a second", async ({ task }) => {
    const { page, faults, close } = await lab.open(path);
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
    const { page, close } = await lab.open(`${path}?leave=forward`);
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
