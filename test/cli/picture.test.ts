/** Where `nabla fit` draws in the terminal, and how. */
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { terminalStyle } from "../../src/cli/fit-picture.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli, NITROGEN } from "./run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("picture");
});

afterEach(() => vi.unstubAllEnvs());

it("draws when asked, without colours where no terminal is", async () => {
  const plain = await cli.run("fit", NITROGEN, "--epochs", "30", "--out", "run");
  const drawn = await cli.run("fit", NITROGEN, "--epochs", "30", "--out", "run", "--plot");
  expect(plain.stdout).not.toMatch(/[│|] *[\u2801-\u28ff*]/);
  expect(drawn.stdout).toMatch(/network {3}\S+ data\n/);
  expect(drawn.stdout).toMatch(/loss\n/);
  expect(drawn.stdout).not.toContain("\u001b");
});

it("draws ASCII where the locale has no Unicode or the terminal is dumb", () => {
  vi.stubEnv("TERM", "xterm-256color");
  vi.stubEnv("LC_ALL", "de_DE.UTF-8");
  expect(terminalStyle().unicode).toBe(true);
  vi.stubEnv("LC_ALL", "C");
  expect(terminalStyle().unicode).toBe(false);
  vi.stubEnv("LC_ALL", "de_DE.UTF-8");
  vi.stubEnv("TERM", "dumb");
  expect(terminalStyle()).toMatchObject({ unicode: false, colors: false });
});
