import { readFileSync } from "node:fs";
import { linspace, nn, optim, tensor, zeros } from "nabla";
import { MinMaxScaler, parseCsv } from "nabla/data";

const table = parseCsv(readFileSync("data/n2_cp.csv"));
const column = (name: string) => {
  const values = table.numbers(name);
  return tensor(new MinMaxScaler().fit(values).transform(values), { shape: [35, 1] });
};
const [x, y] = [column("T_K"), column("Cp_kJ_per_kgK")];

const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
model.to("float64").loadStateDict({
  "0.weight": linspace(-2, 2, 10, { dtype: "float64" }).reshape([10, 1]),
  "0.bias": linspace(1, -1, 10, { dtype: "float64" }),
  "2.weight": linspace(-0.3, 0.3, 10, { dtype: "float64" }).reshape([1, 10]),
  "2.bias": zeros([1], { dtype: "float64" }),
});
const lossFn = new nn.MSELoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });

for (let epoch = 0; epoch <= 2000; epoch++) {
  const loss = lossFn.forward(model.forward(x), y);
  if (epoch % 500 === 0) console.log(epoch, (await loss.item()).toExponential(2));
  loss.backward();
  optimizer.step();
  optimizer.zeroGrad();
}
