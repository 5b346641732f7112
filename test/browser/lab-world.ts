/**
 * What the lab's browser tests share: a browser, the built and served lab, and how to find things.
 */
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeEach } from "vitest";
import { looked } from "../support/guard.ts";
import { openBrowser } from "./browser.ts";
import type { LabPage, LabSite } from "./lab-site.ts";
import { buildLab, openLab, serveLab } from "./lab-site.ts";

/** The browser and the site of a test file. */
export interface LabWorld {
  browser: Browser;
  site: LabSite;
  open(path: string, options?: BrowserContextOptions): Promise<LabPage>;
}

/** Builds and serves the lab and starts the browser before the file's first test. */
export function useLab(): LabWorld {
  const world = {} as LabWorld;
  beforeEach(async (context) => {
    if ("browser" in world) return;
    const browser = await openBrowser(context);
    looked(context.task, buildLab());
    const site = await serveLab();
    const open = (path: string, options = {}) => openLab(browser, site, path, options);
    Object.assign(world, { browser, site, open });
  }, 180_000);
  afterAll(async () => {
    if (!("browser" in world)) return;
    await world.browser.close();
    await world.site.server.close();
  });
  return world;
}

/** Finds a text box by its exact name. */
export const box = (page: Page, name: string): Locator =>
  page.getByRole("textbox", { name, exact: true });
/** Finds a button by its exact name. */
export const button = (page: Page, name: string): Locator =>
  page.getByRole("button", { name, exact: true });
