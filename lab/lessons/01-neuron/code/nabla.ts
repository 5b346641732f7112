import { tensor } from "nabla";

const neuron = (x: number, w: number, b: number) => tensor(x).mul(w).add(b).relu();
console.log("one input:", (await neuron(2, 1.5, -1).item()).toFixed(1));
console.log("asleep:", (await neuron(-2, 1.5, -1).item()).toFixed(1));

const marks = tensor([8, 9]); // food, service
const weights = tensor([0.5, 0.4]);
const tip = weights.mul(marks).sum().add(0).relu();
console.log("tip:", (await tip.item()).toFixed(1), "%");
