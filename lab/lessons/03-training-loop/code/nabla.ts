import { linspace, nn, optim, tensor } from "nabla";

const x = linspace(0.5, 4.8, 10).reshape([10, 1]);
const y = x.mul(200).add(50);
const model = new nn.Linear(1, 1);
model.loadStateDict({ weight: tensor([[0]]), bias: tensor([0]) });
const lossFn = new nn.MSELoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });

for (let epoch = 0; epoch <= 100; epoch++) {
  const prediction = model.forward(x); // 1 forward
  const loss = lossFn.forward(prediction, y); // 2 loss
  loss.backward(); // 3 backward
  optimizer.step(); // 4 update
  optimizer.zeroGrad(); // 5 zero
  if (epoch % 25 === 0) console.log(epoch, (await loss.item()).toPrecision(3));
}
