"""
Writes the golden values of NAdam anew: PyTorch 1.13, which made the others, multiplied the momenta's
product by the present momentum once more than Dozat's rule does. Later versions follow the rule, and so
does this plain evaluation in float64. Run it here, then format both files with prettier.
"""
import json
import math
from pathlib import Path

GOLDEN = Path(__file__).parent.parent


class NAdam:
    """One array of parameters; Dozat (2016), as PyTorch 2 writes it."""

    def __init__(self, size, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3):
        self.lr, self.betas, self.eps = lr, betas, eps
        self.weight_decay, self.momentum_decay = weight_decay, momentum_decay
        self.steps, self.product = 0, 1.0
        self.mean, self.square = [0.0] * size, [0.0] * size

    def momentum(self, step):
        return self.betas[0] * (1 - 0.5 * 0.96 ** (step * self.momentum_decay))

    def step(self, values, grads):
        beta1, beta2 = self.betas
        self.steps += 1
        mu, ahead = self.momentum(self.steps), self.momentum(self.steps + 1)
        self.product *= mu
        for i, grad in enumerate(grads):
            grad += self.weight_decay * values[i]
            self.mean[i] = beta1 * self.mean[i] + (1 - beta1) * grad
            self.square[i] = beta2 * self.square[i] + (1 - beta2) * grad * grad
            root = math.sqrt(self.square[i] / (1 - beta2**self.steps)) + self.eps
            values[i] -= self.lr * (1 - mu) / (1 - self.product) * grad / root
            values[i] -= self.lr * ahead / (1 - self.product * ahead) * self.mean[i] / root


def rosenbrock(case):
    x = list(case["x0"])
    optimizer = NAdam(2, **case["options"])
    kept = {step for step, _, _ in case["trajectory"]}
    trajectory = []
    for step in range(1, max(kept) + 1):
        a, b = x
        loss = (1 - a) ** 2 + 100 * (b - a * a) ** 2
        optimizer.step(x, [-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)])
        if step in kept:
            trajectory.append([step, loss, list(x)])
    case["trajectory"] = trajectory


def given_gradients(case):
    for param, grads, trajectory in zip(case["params"], case["grads"], case["trajectory"]):
        values, size = list(param["data"]), len(param["data"])
        optimizer = NAdam(size, **case["kwargs"])
        data = []
        for at in range(0, len(grads["data"]), size):
            optimizer.step(values, grads["data"][at : at + size])
            data += [float(f"{value:.13g}") for value in values]
        trajectory["data"] = data


def rewrite(name, key, evaluate):
    path = GOLDEN / name
    content = json.loads(path.read_text())
    for case in content[key]:
        if case["optimizer"] == "NAdam":
            evaluate(case)
    path.write_text(json.dumps(content, ensure_ascii=False))


first = [1.0]
NAdam(1).step(first, [1.0])
assert abs(first[0] - 0.99788710) < 5e-9, first
rewrite("optim/trajectories.json", "optimizers", rosenbrock)
rewrite("torch/08_optimizers.json", "cases", given_gradients)
