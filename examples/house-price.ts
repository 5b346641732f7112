/**
 * House prices from sizes with a class of one's own: 100 invented houses (seeded; a straight line
 * with noise), 1-16-1 with ReLU, Adam at 0.01, prices as they are. Adam moves every weight by about
 * 0.01 per step however large the error, so hundreds of steps pass before the network reaches
 * prices of some hundred; the best straight line, computed directly, has a lower error all along.
 */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, noGrad, optim, rand, randn, tensor } from "nabla";
import { fitPolynomial, regressionMetrics } from "nabla/data";

/** Predicts prices `[N, 1]` from sizes `[N, 1]`. */
export class PriceModel extends nn.Module {
  fc1 = new nn.Linear(1, 16);
  fc2 = new nn.Linear(16, 1);

  forward(size: Tensor): Tensor {
    return this.fc2.forward(this.fc1.forward(size).relu());
  }
}

/** What a run gives back: mean squared errors, and the price of a house of size 3. */
export interface HouseRun {
  readonly losses: readonly number[];
  readonly lineLoss: number;
  readonly priceAt3: number;
}

/** Runs the program. */
export async function run(print: (line: string) => void = console.log): Promise<HouseRun> {
  manualSeed(42);
  const size = rand([100, 1]).mul(4.3).add(0.5); // thousand square feet
  const price = size
    .mul(200)
    .add(50)
    .add(randn([100, 1]).mul(16)); // thousand dollars
  const model = new PriceModel();
  const lossFn = new nn.MSELoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });

  print(String(model));
  const losses: number[] = [];
  for (let epoch = 0; epoch <= 2000; epoch++) {
    const loss = step(size, price);
    if (epoch % 500 !== 0) continue;
    losses.push(await loss.item());
    print(`Epoch ${String(epoch).padStart(5)}  Loss: ${Math.round(losses.at(-1)!)}`);
  }
  const priceAt3 = await noGrad(() => model.forward(tensor([[3]]))).item();
  print(`a house of size 3.0: ${priceAt3.toFixed(0)} (the line that made the data: 650)`);

  const [xs, ys] = [await size.data(), await price.data()];
  const straight = fitPolynomial(xs, ys, 1);
  const { rmse } = regressionMetrics(Array.from(xs, straight.at), ys);
  print(`the best straight line: loss ${Math.round(rmse * rmse)}`);
  return { losses, lineLoss: rmse * rmse, priceAt3 };
}
