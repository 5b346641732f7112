/** The playground in Chromium: every control, time, one's own points, hostile links, programs. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Page } from "playwright-core";
import { audit, waitForText } from "./lab-site.ts";
import { box, button, useLab } from "./lab-world.ts";

const lab = useLab();
const path = "playground/";

const choose = (page: Page, label: string, option: string): Promise<unknown> =>
  page.getByLabel(label, { exact: true }).selectOption({ label: option });
const data = (page: Page, name: string): Promise<void> =>
  page.getByRole("radio", { name, exact: true }).check({ force: true });
const epoch = async (page: Page): Promise<number> =>
  Number((await page.locator("output").first().textContent())!.replaceAll(",", ""));
const loss = async (page: Page): Promise<number> =>
  Number(await page.locator("[data-now=loss]").textContent());

it("learns the circle, stops, goes back and forth in time with the same losses", async () => {
  const { page, faults, close } = await lab.open(path);
  await choose(page, "Speed, in epochs a second", "full speed");
  await button(page, "Run").click();
  await expect.poll(() => epoch(page), { timeout: 20_000 }).toBeGreaterThan(100);
  await button(page, "Pause").click();
  await button(page, "Run").waitFor();
  await page.waitForTimeout(300);
  const [there, then] = [await epoch(page), await loss(page)];
  expect(then).toBeLessThan(0.1);
  const time = page.getByRole("slider", { name: /^Epoch/ });
  await time.fill("3");
  await expect.poll(() => epoch(page)).toBe(3);
  await expect.poll(() => loss(page)).toBeGreaterThan(0.1);
  await time.fill(String(there));
  await expect.poll(() => loss(page)).toBe(then);
  await button(page, "One epoch").click();
  await expect.poll(() => epoch(page)).toBe(there + 1);
  await button(page, "Start over").click();
  await expect.poll(() => epoch(page)).toBe(0);
  expect(await audit(page)).toEqual([]);
  expect(faults).toEqual([]);
  await close();
});

it("takes every control, and the address has it all", async () => {
  const { page, faults, close } = await lab.open(path);
  await data(page, "Spiral");
  await choose(page, "Learning rate", "0.1");
  await choose(page, "Activation", "ReLU");
  await choose(page, "Optimizer", "Adam");
  await choose(page, "Initial weights", "He");
  await choose(page, "Penalty", "L2");
  await choose(page, "Penalty rate", "0.01");
  await page.getByRole("checkbox", { name: "sin x₁" }).check();
  await page.getByRole("checkbox", { name: "x₂", exact: true }).uncheck();
  await button(page, "Add a layer").click();
  await page.getByRole("button", { name: "One neuron more in layer 3" }).click();
  await page.getByRole("button", { name: "One neuron fewer in layer 1" }).click();
  await box(page, "Noise in %").fill("25");
  await page.keyboard.press("Enter");
  await box(page, "Batch size").fill("200");
  await page.keyboard.press("Enter");
  await page.getByText(/it goes from 1 to 100/).waitFor();
  const link = new URL(page.url()).search;
  expect(Object.fromEntries(new URLSearchParams(link))).toEqual({
    ...{ data: "spiral", rate: "0.1", activation: "relu", optimizer: "adam", init: "he" },
    ...{ penalty: "l2", penaltyRate: "0.01", features: "x,sinx", layers: "3,2,3", noise: "25" },
  });
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  expect(await page.getByLabel("Activation", { exact: true }).inputValue()).toBe("relu");
  await page.getByRole("img", { name: /3 hidden layers with 3, 2, 3 neurons/ }).waitFor();
  await page.getByRole("checkbox", { name: "Show held-out points" }).check();
  await page.getByRole("checkbox", { name: "Only the sides" }).check();
  expect(faults).toEqual([]);
  await close();
});

it("lets weights be set by hand, from the picture and from the table", async () => {
  const { page, close } = await lab.open(path);
  await button(page, "One epoch").click();
  await expect.poll(() => epoch(page)).toBe(1);
  await page.getByText("Weights and biases, to read and to set").click();
  const field = box(page, "x₁ → layer 1, neuron 1");
  await field.fill("2.5");
  await page.keyboard.press("Enter");
  await expect.poll(() => field.inputValue()).toBe("2.5");
  await field.fill("many");
  await page.keyboard.press("Enter");
  await waitForText(page, "[role=alert]", /“many” is no number/);
  await page.locator("path.touch").first().click({ force: true });
  await page.locator("#edit-weight").waitFor();
  await close();
});

it("learns points that one places, by pointer and by keyboard", async () => {
  const { page, faults, close } = await lab.open(path);
  await data(page, "Your points");
  const map = page.getByRole("application");
  const { x, y, width } = (await map.boundingBox())!;
  await page.mouse.click(x + width / 4, y + width / 4);
  await button(page, "Orange").click();
  await map.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect
    .poll(() => new URL(page.url()).searchParams.get("points"))
    .toMatch(/^-\d\.?\d*,\d\.?\d*,1,0\.25,0,-1$/);
  await button(page, "Run").click();
  await expect.poll(() => epoch(page)).toBeGreaterThan(2);
  await button(page, "Undo").click();
  expect(faults).toEqual([]);
  await close();
});

it("says what is wrong with a link, and runs nothing of it", async () => {
  const hostile =
    "?layers=8,99&data=constructor&points=1,2,alert(1)&rate=1e9&activation=tanh%3Cscript%3E";
  const { page, faults, close } = await lab.open(path + hostile);
  await waitForText(page, "main", /layers to “99”/);
  for (const word of ["constructor", "alert(1)", "1e9", "script"]) {
    expect(await page.locator("main").textContent()).toContain(word);
  }
  await button(page, "One epoch").click();
  await expect.poll(() => epoch(page)).toBe(1);
  expect(faults).toEqual([]);
  await close();
});

it("replays a claim of the spiral challenge, true and false", async () => {
  const settings = "?data=spiral&features=x,y,sinx,siny&layers=8,8&claim=";
  const { page, close } = await lab.open(`${path}${settings}400`);
  await waitForText(page, "main", /claims that 16 neurons with 121 parameters/);
  await button(page, "Verify from the start").click();
  await waitForText(page, "main", /Solved in epoch \d+: held-out loss below 0\.1\./);
  await close();
  const second = await lab.open(`${path}?data=spiral&layers=1&claim=60`);
  await button(second.page, "Verify from the start").click();
  await waitForText(second.page, "main", /Not solved: the held-out loss did not fall/);
  await second.close();
}, 60_000);

it("gives the program of what is on the screen", async () => {
  const { page, close } = await lab.open(path);
  await button(page, "Show the program").click();
  await waitForText(page, ".program", /import \{ compile, nn/);
  await page.getByRole("radio", { name: "PyTorch" }).check();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    button(page, "Download it").click(),
  ]);
  expect(download.suggestedFilename()).toBe("playground_pytorch.py");
  expect(readFileSync(await download.path(), "utf8")).toContain("import torch");
  await choose(page, "Penalty", "L1");
  await waitForText(page, "main", /The penalty is the Playground's own rule/);
  await close();
});
