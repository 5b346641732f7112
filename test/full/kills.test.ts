/** Two hundred kills of a training, and as many resumes: the bits of one that was never stopped. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeCli } from "../cli/run-cli.ts";
import { fitKills } from "../support/fit-kills.ts";
import { trainerKills } from "../support/train-kills.ts";

it("a fit is killed 200 times", { timeout: 1_800_000 }, async () => {
  const { kills, finished, strange } = await fitKills(
    await makeCli("full-kills", { pictures: true }),
    200,
  );
  console.log(`fit: killed ${kills} times, came to its end ${finished} times`);
  expect(strange).toEqual([]);
});

it("a Trainer is killed 200 times", { timeout: 1_200_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-kills-"));
  const { kills, finished, strange } = await trainerKills(folder, 200);
  console.log(`trainer: killed ${kills} times, came to its end ${finished} times`);
  expect(strange.map(({ stdout, stderr }) => [stdout.length, stderr])).toEqual([]);
});
