/**
 * How the time of a step grows: with the size of the network, from 31 parameters to 30 million, and
 * with the batch; and what a second thread gives.
 */
import type { DeviceName } from "nabla";
import { ready } from "nabla";
import { devicesHere, mlp, stepContestant } from "./cases.ts";
import type { Line } from "./report.ts";
import { compare, report } from "./report.ts";

const WIDTHS = [3, 10, 32, 100, 320, 1000, 3162];
const BATCHES = [1, 8, 64, 512];
const devices = devicesHere();

/** Runs one network on all devices and adds where it stands on the axis of a picture. */
async function measure(
  picture: string,
  x: number,
  batch: number,
  sizes: number[],
): Promise<Line[]> {
  const one = mlp(batch, sizes);
  const large = x * batch > 1e8;
  const ours = devices.map((device: DeviceName) =>
    stepContestant(one, device, true, large ? 2 : 8),
  );
  const { title, request } = one;
  const { check } = ours[0]!;
  const lines = await compare({
    ...{ title, ours, request, check },
    ...(large ? { rounds: 3, budget: 0 } : { rounds: 5, budget: 20 }),
  });
  const placed = (line: Line): Line => {
    return { ...line, picture, x, series: line.name.slice(title.length + 2) };
  };
  return lines.map(placed);
}

const lines: Line[] = [];
for (const width of WIDTHS) {
  const sizes = [width, width, width, width];
  const parameters = 3 * width * (width + 1);
  lines.push(...(await measure("parameters", parameters, 64, sizes)));
}
for (const batch of BATCHES)
  lines.push(...(await measure("batch", batch, batch, [784, 256, 128, 10])));
if (devices.includes("native")) {
  for (const threads of [1, 2]) {
    await ready({ device: "native", threads });
    const one = mlp(512);
    const [ours] = await compare({ title: one.title, ours: [stepContestant(one, "native")] });
    lines.push({ ...ours!, name: `${ours!.name}, threads: ${threads}` });
  }
}
await report("scale", "Time of a step against size (ratio: to PyTorch)", lines);
