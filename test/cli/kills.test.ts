/** `nabla fit` that is killed at random goes on with `--resume` to the same bytes. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { fitKills } from "../support/fit-kills.ts";
import { looked } from "../support/guard.ts";
import type { Cli } from "./run-cli.ts";
import { makeCli } from "./run-cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await makeCli("kills");
});

afterAll(() => cli.stopAll());

it("killed four times goes on to the same bytes", { timeout: 180_000 }, async ({ task }) => {
  const { kills, finished, strange } = await fitKills(cli, 4);
  looked(task, `fit: killed ${kills} times, came to its end ${finished} times`);
  expect(strange).toEqual([]);
});
