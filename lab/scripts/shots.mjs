/**
 * `npm run shots -w nabla-lab -- OUTDIR [WORD]`: pictures of every page at 1280 and 390 pixels, light
 * and dark: as it opens (the first screen) and in use (the whole page), and as it prints, also as the
 * sheets of a PDF. With WORD only the pages whose address holds it.
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { runnerImport } from "vite";

const [out, word = ""] = process.argv.slice(2);
if (out === undefined) {
  console.error("Name a folder for the pictures: npm run shots -w nabla-lab -- OUTDIR");
  process.exit(2);
}
// npm runs a workspace's script in its folder; paths are meant from where one typed them.
const folder = resolve(process.env["INIT_CWD"] ?? ".", out);
const load = async (path) =>
  (await runnerImport(fileURLToPath(new URL(`../../test/browser/${path}`, import.meta.url))))
    .module;
const { buildLab, openLab, serveLab } = await load("lab-site.ts");
const { findBrowser } = await load("browser.ts");
const { PAGES } = (await runnerImport(fileURLToPath(new URL("../pages.ts", import.meta.url))))
  .module;

const button = (page, name) => page.getByRole("button", { name, exact: true }).first().click();

/** What a reader does on a page before it is pictured in use. */
const USES = {
  "": (page) => page.waitForTimeout(2500),
  "playground/": async (page) => {
    await button(page, "Run");
    await page.waitForTimeout(6000);
  },
  "lessons/01-neuron/": async (page) => {
    await page.getByRole("textbox", { name: "input x", exact: true }).fill("99");
    await page.keyboard.press("Tab");
  },
  "lessons/02-backpropagation/": (page) => button(page, "To the end"),
  "lessons/03-training-loop/": async (page) => {
    await page.getByText("full speed").click();
    await button(page, "Run");
    await page.waitForTimeout(800);
    await button(page, "Pause");
  },
  "lessons/04-nitrogen/": async (page) => {
    await page.getByText("12 noisy rows").click();
    await button(page, "5,000 epochs");
    await page.getByText("held-out loss").first().waitFor();
    await page.locator(".log table").waitFor({ timeout: 30_000 });
  },
};

/** The tallest picture; what is longer comes in several, so that they can be looked at. */
const TALLEST = 1700;

async function pictures(page, name) {
  await page.evaluate(() => scrollTo(0, 0));
  const { width, height } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    height: document.documentElement.scrollHeight,
  }));
  const parts = Math.ceil(height / TALLEST);
  for (let part = 0; part < parts; part++) {
    const y = part * TALLEST;
    const clip = { x: 0, y, width, height: Math.min(TALLEST, height - y) };
    const path = join(folder, `${name}-${part + 1}.png`);
    await page.screenshot({ path, fullPage: true, clip });
  }
  console.log(`${name}: ${parts}`);
}

async function shoot(browser, site, path, [width, colorScheme]) {
  const name = `${path === "" ? "home" : path.split("/")[1]}-${width}-${colorScheme}`;
  const viewport = { width, height: width === 390 ? 844 : 800 };
  const { page, faults, close } = await openLab(browser, site, path, { viewport, colorScheme });
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(folder, `${name}-opens.png`) });
  await USES[path]?.(page);
  const quiz = page.locator(".question").first().getByRole("radio");
  if ((await quiz.count()) > 0) await quiz.first().check();
  await page.mouse.move(0, 0);
  await pictures(page, `${name}-used`);
  if (width === 1280 && colorScheme === "light") {
    await page.emulateMedia({ media: "print" });
    await pictures(page, `${name}-print`);
    await page.pdf({ path: join(folder, `${name}-print.pdf`), format: "A4" });
  }
  if (faults.length > 0) console.error(faults.join("\n"));
  await close();
}

const KINDS = [1280, 390].flatMap((width) => ["light", "dark"].map((scheme) => [width, scheme]));

console.log(buildLab());
mkdirSync(folder, { recursive: true });
const site = await serveLab();
const executablePath = findBrowser();
if (executablePath === undefined) throw new Error("no Chromium found; name one in $CHROMIUM");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const { path } of PAGES.filter((one) => `/${one.path}`.includes(word))) {
  for (const kind of KINDS) await shoot(browser, site, path, kind);
}
await browser.close();
await site.server.close();
