import { noGrad, tensor } from "nabla";

const w1 = tensor(0.5, { requiresGrad: true });
const w2 = tensor(1, { requiresGrad: true });
const lossOf = () => w1.mul(2).relu().mul(w2).sub(3).square();

const loss = lossOf();
loss.backward();
console.log("loss", await loss.item());
console.log("dL/dw1", await w1.grad!.item(), "dL/dw2", await w2.grad!.item());

noGrad(() => w2.set(w2.sub(w2.grad!.mul(0.1))));
console.log("after w2:", (await lossOf().item()).toFixed(2));
noGrad(() => w1.set(w1.sub(w1.grad!.mul(0.1))));
console.log("after both:", (await lossOf().item()).toFixed(2));
