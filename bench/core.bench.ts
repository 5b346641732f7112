/**
 * Whole training steps — forward, backward, optimizer: a perceptron, a small CNN, an LSTM and
 * nanoGPT's configuration for one core — compiled and plain, beside PyTorch.
 */
import type { StepCase } from "./cases.ts";
import { cnn, devicesHere, gpt, lstm, mlp, stepContestant } from "./cases.ts";
import type { Line } from "./report.ts";
import { compare, report } from "./report.ts";

const devices = devicesHere();

async function measure(one: StepCase): Promise<Line[]> {
  const { title, request, samples } = one;
  const ours = [true, false].flatMap((compiled) =>
    devices.map((device) => stepContestant(one, device, compiled)),
  );
  const note = (ms: number): string => `${((samples * 1000) / ms).toFixed(0)} samples/s`;
  const lines = await compare({ title, ours, request, note, check: ours[0]!.check });
  const first = ours.slice(0, devices.length).map(({ name, first: value }) => {
    return { name: `${title}, ${name}, first call`, value, unit: "ms" };
  });
  return [...lines, ...first];
}

const lines: Line[] = [];
for (const one of [mlp(), cnn(), lstm(), gpt("nanoGPT")]) lines.push(...(await measure(one)));
await report("core", "Training steps (ratio: to PyTorch at its better thread count)", lines);
