/** Finds a Chromium, serves the built engine on loopback, and opens pages on it. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import type { TestContext } from "vitest";
import { ROOT } from "../support/files.ts";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

const COMMANDS = [
  ...["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  ...["microsoft-edge", "microsoft-edge-stable"],
];

const MAC = ["Google Chrome", "Chromium", "Microsoft Edge"].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);

const WINDOWS = [
  "Google\\Chrome\\Application\\chrome.exe",
  "Microsoft\\Edge\\Application\\msedge.exe",
];

/** Returns the path of an installed browser: `$CHROMIUM` first; undefined if there is none. */
export function findBrowser(): string | undefined {
  const { env } = process;
  if (env["CHROMIUM"] !== undefined && env["CHROMIUM"] !== "") return env["CHROMIUM"];
  const roots = [env["ProgramFiles"], env["ProgramFiles(x86)"], env["LocalAppData"]];
  const places = {
    darwin: MAC,
    win32: roots.flatMap((root) => (root ? WINDOWS.map((name) => join(root, name)) : [])),
    linux: (env["PATH"] ?? "")
      .split(delimiter)
      .flatMap((folder) => COMMANDS.map((name) => join(folder, name))),
  };
  return places[process.platform as keyof typeof places]?.find((path) => existsSync(path));
}

/** Starts the browser; where there is none, skips the test aloud, or fails if REQUIRE_BROWSER=1. */
export async function openBrowser({ task, skip }: TestContext): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: ARGS });
  const text =
    "no Chrome, Chromium or Edge found; install one (Debian: apt-get install chromium) " +
    "or name it in $CHROMIUM";
  if (process.env["REQUIRE_BROWSER"] === "1") throw new Error(text);
  task.meta.skipped = text;
  return skip(text);
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  csv: "text/csv; charset=utf-8",
};

/** A server of built files and of pages made up by a test. */
export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves dist/ on loopback, and `pages` by name in front of it. */
export async function serve(pages: Readonly<Record<string, string>>): Promise<Site> {
  if (!existsSync(`${ROOT}dist/nabla.browser.js`)) {
    throw new Error("dist/nabla.browser.js is missing: run `npm run build` first");
  }
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? "/", "http://localhost").pathname.slice(1);
    const type = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    const page = pages[name];
    const content =
      page !== undefined
        ? Promise.resolve(page)
        : name === "favicon.ico"
          ? Promise.resolve("")
          : readFile(`${ROOT}dist/${name}`); // URL has resolved every `..` already
    content.then(
      (body) => response.writeHead(200, { "content-type": type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An open page with what went wrong on it: console errors, exceptions, requests to elsewhere. */
export interface Watched {
  readonly page: Page;
  readonly faults: readonly string[];
}

/** Opens a page of the site and watches it. */
export async function openPage(browser: Browser, site: Site, name: string): Promise<Watched> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`exception: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(site.origin) && !/^(blob|data):/.test(url)) faults.push(`request: ${url}`);
  });
  await page.goto(`${site.origin}/${name}`);
  return { page, faults };
}
