/** A `Trainer` that is killed at random goes on to the bits of one that was not. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { trainerKills } from "../support/train-kills.ts";
import { looked } from "../support/guard.ts";

it("killed four times goes on to the same bits", { timeout: 120_000 }, async ({ task }) => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-kills-"));
  const { kills, finished, strange } = await trainerKills(folder, 4);
  looked(task, `trainer: killed ${kills} times, came to its end ${finished} times`);
  expect(strange.map(({ stdout, stderr }) => [stdout.length, stderr])).toEqual([]);
  rmSync(folder, { recursive: true });
});
