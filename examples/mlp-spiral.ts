/**
 * Two spirals, from x and y alone: 2 → 16 → 8 → 1 with tanh learns where each winds, half of the
 * points held out. The loss is ½ · mean (ŷ − y)², labels ±1.
 */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, noGrad, optim, randperm, tensor } from "nabla";
import { figure, line, panel, points } from "nabla/plot";
import { savePicture } from "./scratch/save-picture.ts";

const PER_CLASS = 200;
const EPOCHS = 2000;

/** Points `[2N, 2]` on two spirals, and their labels `[2N, 1]`. */
function spirals(): { x: Tensor; y: Tensor } {
  const rows: number[][] = [];
  const labels: number[][] = [];
  for (const [label, turn] of [
    [1, 0],
    [-1, Math.PI],
  ] as const) {
    for (let i = 0; i < PER_CLASS; i++) {
      const radius = (i / PER_CLASS) * 5;
      const angle = ((1.75 * i) / PER_CLASS) * 2 * Math.PI + turn;
      rows.push([radius * Math.sin(angle), radius * Math.cos(angle)]);
      labels.push([label]);
    }
  }
  return { x: tensor(rows), y: tensor(labels) };
}

/** What a run gives back. */
export interface SpiralRun {
  readonly trainLoss: number;
  readonly testLoss: number;
  readonly accuracy: number;
  readonly svg: string;
}

/** Runs the program. */
export async function run(print: (line: string) => void = console.log): Promise<SpiralRun> {
  manualSeed(7);
  const { x, y } = spirals();
  const order = randperm(2 * PER_CLASS);
  const halves = [order.narrow(0, 0, PER_CLASS), order.narrow(0, PER_CLASS, PER_CLASS)];
  const [train, test] = halves.map((at) => [x.indexSelect(0, at), y.indexSelect(0, at)] as const);
  const model = new nn.Sequential(
    ...[new nn.Linear(2, 16), new nn.Tanh(), new nn.Linear(16, 8), new nn.Tanh()],
    ...[new nn.Linear(8, 1), new nn.Tanh()],
  );
  print(String(nn.summary(model, [PER_CLASS, 2])));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const lossOf = (input: Tensor, target: Tensor): Tensor =>
    nn.functional.mseLoss(model.forward(input), target).mul(0.5);
  const step = compile((input: Tensor, target: Tensor) => {
    const loss = lossOf(input, target);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const [epochs, falls, held]: [number[], number[], number[]] = [[], [], []];
  for (let epoch = 0; epoch <= EPOCHS; epoch++) {
    const loss = step(...train!);
    if (epoch % 100 !== 0) continue;
    epochs.push(epoch);
    falls.push(await loss.item());
    held.push(await noGrad(() => lossOf(...test!)).item());
    if (epoch % 500 === 0)
      print(
        `epoch ${epoch}: ${falls.at(-1)!.toFixed(4)} in training, ${held.at(-1)!.toFixed(4)} held out`,
      );
  }
  const right = noGrad(() => model.forward(test![0]).mul(test![1]).gt(0).float().mean());
  const accuracy = await right.item();
  print(`held-out points on the right side: ${(100 * accuracy).toFixed(1)} %`);
  const svg = await draw(model, { x, y }, { epochs, falls, held });
  savePicture("mlp-spiral", svg, print);
  return { trainLoss: falls.at(-1)!, testLoss: held.at(-1)!, accuracy, svg };
}

/** The two sides that the network sees, the points, and both losses. */
async function draw(
  model: nn.Sequential,
  data: { x: Tensor; y: Tensor },
  { epochs, falls, held }: Readonly<Record<"epochs" | "falls" | "held", readonly number[]>>,
): Promise<string> {
  const grid = Array.from({ length: 60 * 60 }, (_, k) => [
    ((k % 60) / 59 - 0.5) * 12,
    (Math.floor(k / 60) / 59 - 0.5) * 12,
  ]);
  const sides = await noGrad(() => model.forward(tensor(grid))).data();
  const place = [...(await data.x.data())];
  const label = await data.y.data();
  const series = [-1, 1].flatMap((sign, c) => {
    const color = ["#d55e00", "#0072b2"][c]!;
    const field = grid.filter((_, k) => sides[k]! * sign > 0);
    const own = [...label.keys()].filter((k) => label[k] === sign);
    return [
      points(
        field.map((p) => p[0]!),
        field.map((p) => p[1]!),
        { color: ["#f6d5c0", "#c4dff0"][c]!, width: 2 },
      ),
      points(
        own.map((k) => place[2 * k]!),
        own.map((k) => place[2 * k + 1]!),
        { color, width: 2 },
      ),
    ];
  });
  const curves = [
    line(epochs, falls, { label: "training" }),
    line(epochs, held, { label: "held out", dashed: true }),
  ];
  return figure(
    [
      [
        panel([...series.filter((_, k) => k % 2 === 0), ...series.filter((_, k) => k % 2 === 1)], {
          xLabel: "x",
          yLabel: "y",
        }),
      ],
      [panel(curves, { xLabel: "epoch", yLabel: "loss", yScale: "log" })],
    ],
    { width: 900, title: "Two spirals, 2 → 16 → 8 → 1 with tanh" },
  );
}
