/** Builds the lab, serves it as `nabla lab` does, and opens its pages under watch. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join, relative, sep } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { answerLab } from "../../src/cli/lab-server.ts";
import type { PageServer } from "../../src/host/host.ts";
import { servePages } from "../../src/host/http.ts";
import { ROOT } from "../support/files.ts";

const DIST = join(ROOT, "lab/dist");

/** Builds lab/dist, unless it is up to date; returns what the build said. */
export function buildLab(): string {
  const output = execFileSync(process.execPath, ["lab/scripts/build.mjs"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return output.trim().split("\n").at(-1)!;
}

/** The lab on loopback. */
export interface LabSite {
  readonly origin: string;
  readonly server: PageServer;
}

/** Serves lab/dist with the answers of `nabla lab`. */
export async function serveLab(): Promise<LabSite> {
  const names = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(DIST, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const files = {
    names: new Set(names),
    read: (name: string) => Promise.resolve(readFileSync(join(DIST, name))),
  };
  let port = 0;
  const server = await servePages(0, (request) => answerLab(request, port, files));
  port = server.port;
  return { origin: `http://127.0.0.1:${port}`, server };
}

/** Serves lab/dist as any static host would: under a folder, with no header but the type. */
export async function servePlain(folder: string): Promise<LabSite> {
  const types = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const file = join(DIST, name.slice(folder.length));
    if (!name.startsWith(folder) || !existsSync(file)) return void response.writeHead(404).end();
    const type = types[name.split(".").at(-1) as "js"] ?? "application/json";
    response.writeHead(200, { "content-type": type }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${port}${folder.slice(0, -1)}`, server: { port, close } };
}

/** An open page with everything that went wrong on it. */
export interface LabPage {
  readonly page: Page;
  readonly faults: string[];
  close(): Promise<void>;
}

/** What a page says of a violated policy. */
function reportPolicy(): void {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
  });
}

/**
 * Opens a page of the lab in a context of its own and waits until it is awake. Offline use is off
 * unless it is asked for: keeping all files takes longer than most tests.
 */
export async function openLab(
  browser: Browser,
  site: LabSite,
  path: string,
  options: BrowserContextOptions = {},
): Promise<LabPage> {
  const context = await browser.newContext({
    ...{ viewport: { width: 1280, height: 800 }, serviceWorkers: "block" },
    ...options,
  });
  await context.addInitScript(reportPolicy);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    const text = message.text();
    if (text.startsWith("Service Worker registration blocked")) return; // by the option above
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${text}`);
  });
  page.on("pageerror", (error) => faults.push(`exception: ${error.stack ?? error.message}`));
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(site.origin) && !/^(blob|data):/.test(url)) faults.push(`request: ${url}`);
  });
  await page.goto(`${site.origin}/${path}`);
  await page.waitForSelector("html[data-ready]");
  return { page, faults, close: () => context.close() };
}

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface Axe {
  run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/**
 * Runs axe on the page as it stands, or only those of its rules that are named; returns one line
 * for each violation.
 */
export async function audit(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) {
    await page.evaluate(readFileSync(axePath, "utf8"));
  }
  return page.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const { violations } = await axe.run(runOnly === undefined ? {} : { runOnly });
    return violations.map(({ id, nodes }) => {
      return `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`;
    });
  }, rules);
}

/** Waits until the text of an element satisfies a test, and returns it. */
export async function waitForText(page: Page, selector: string, test: RegExp): Promise<string> {
  const found = page.locator(selector).first();
  const end = Date.now() + 15_000;
  for (;;) {
    const text = (await found.textContent()) ?? "";
    if (test.test(text)) return text;
    if (Date.now() > end) throw new Error(`${selector} says "${text}", not ${String(test)}`);
    await page.waitForTimeout(30);
  }
}
