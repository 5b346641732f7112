/** The program of scratch/one-hidden-layer.ts with the engine: nobody writes a gradient. */
import type { Tensor } from "nabla";
import { nn, noGrad, optim, tensor } from "nabla";
import type { Weights } from "./scratch/nitrogen-data.ts";
import { draw, EPOCHS, firstWeights, nitrogen, RATE, trace } from "./scratch/nitrogen-data.ts";

/** Makes the network in float64, with weights that are given. */
export function network({ w1, b1, w2, b2 }: Weights): nn.Sequential {
  const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
  model.to("float64").loadStateDict({
    "0.weight": tensor(w1, { shape: [10, 1] }),
    "0.bias": tensor(b1),
    "2.weight": tensor(w2, { shape: [1, 10] }),
    "2.bias": tensor(b2),
  });
  return model;
}

/** Runs the program. */
export async function run(print = console.log): Promise<{ loss: number; svg: string }> {
  const data = nitrogen();
  const [x, y] = [data.x, data.y].map((v) => tensor(v, { shape: [35, 1] })) as [Tensor, Tensor];
  const model = network(firstWeights());
  const lossFn = new nn.MSELoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: RATE });
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    if (epoch % 500 === 0) print(trace(epoch, await loss.item()));
  }
  const prediction = noGrad(() => model.forward(x));
  const loss = await lossFn.forward(prediction, y).item();
  print(trace(EPOCHS, loss));
  const svg = draw("nitrogen", await prediction.data());
  print("drawn: runs/examples/nitrogen.svg");
  return { loss, svg };
}
