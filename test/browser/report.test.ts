/** The page of `nabla report` in a browser: its predictor answers as the library does. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { FittedModel } from "../../src/train/table/fitted.ts";
import { makeCli, NITROGEN } from "../cli/run-cli.ts";
import { openBrowser } from "./browser.ts";
import { audit } from "./lab-site.ts";

it("predicts, warns outside the range, and runs nothing of the data", async (context) => {
  const browser = await openBrowser(context);
  try {
    const cli = await makeCli("browser-report");
    const evil = "<img src=x onerror=globalThis.evil=1>";
    const table = readFileSync(NITROGEN, "utf8").replace("T_K", `${evil}_K`);
    writeFileSync(join(cli.folder, "evil.csv"), table);
    await cli.run("fit", "evil.csv", "--epochs", "300", "--out", "run");
    await cli.run("report", "run");
    const page = await browser.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    const url = pathToFileURL(join(cli.folder, "run/report.html")).href;
    await page.goto(url);
    await page.fill("input[name=input-0]", "2100");
    const model = FittedModel.decode(readFileSync(join(cli.folder, "run/model.safetensors")));
    const [answer] = await model.predict([2100]);
    expect(await page.textContent("#answer b")).toBe(`${Number(answer!.toPrecision(5))} kJ/(kg·K)`);
    expect(await page.textContent("#answer .outside")).toBe(
      `outside the training range (${evil} 300–2000 K): 100 K above it; do not rely on this`,
    );
    await page.fill("input[name=input-0]", "812,5");
    expect(await page.locator("#answer .outside").count()).toBe(0);
    await page.fill("input[name=input-0]", "warm");
    expect(await page.textContent("#answer")).toContain("type a number");
    expect(await page.evaluate(() => "evil" in globalThis)).toBe(false);
    for (const [colorScheme, background] of [
      ["light", "rgb(246, 246, 244)"],
      ["dark", "rgb(22, 22, 21)"],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      const color = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect([color, await audit(page)]).toEqual([background, []]);
    }
    await page.setViewportSize({ width: 360, height: 800 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    expect(complaints).toEqual([]);
    expect(requests.filter((each) => each !== url && !each.startsWith("data:"))).toEqual([]);
  } finally {
    await browser.close();
  }
});
