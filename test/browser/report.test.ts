/** The page of `nabla report` in a browser: its predictor answers as the library does. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { FittedModel } from "../../src/train/table/fitted.ts";
import { makeCli, NITROGEN } from "../cli/run-cli.ts";
import { openBrowser } from "./browser.ts";
import { audit } from "./lab-site.ts";

it("scrolls nothing sideways, on a phone or a desk", async (context) => {
  const browser = await openBrowser(context);
  try {
    const cli = await makeCli("browser-report-wide");
    const names = Array.from({ length: 9 }, (_, k) => `a_long_name_of_a_measurement_${k}`);
    const rows = Array.from({ length: 60 }, (_, i) => [
      ...names.map((_, k) => 1e6 + ((i * (k + 3)) % 17)),
      ...[i / 100, `class number ${i % 12}`, `kind ${i % 3}`],
    ]);
    const head = [...names, "target_in_units", "many", "few"].join();
    writeFileSync(
      join(cli.folder, "wide.csv"),
      `${head}\n${rows.map((row) => row.join()).join("\n")}\n`,
    );
    const page = await browser.newPage();
    for (const target of ["target_in_units", "many", "few"]) {
      const quick = ["--epochs", "5", "--folds", "3", "--out", target];
      await cli.run("fit", "wide.csv", "--y", target, ...quick);
      expect((await cli.run("report", target)).code).toBe(0);
      await page.goto(pathToFileURL(join(cli.folder, target, "report.html")).href);
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const wide = await page.evaluate(() =>
          [...document.querySelectorAll("html, .scroll, pre, .figure, section")]
            .filter((each) => each.scrollWidth > each.clientWidth + 1)
            .map((each) => `${each.className || each.tagName}: ${each.textContent.slice(0, 40)}`),
        );
        expect([target, width, wide]).toEqual([target, width, []]);
      }
    }
  } finally {
    await browser.close();
  }
});

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
