/** The network on the screen as a program: the same rows, the weights as they are, so many epochs more. */
import type { PlaygroundReading } from "./experiment.ts";
import type { FeatureName, PlaygroundSettings } from "./settings.ts";
import { featuresOf, isFit } from "./settings.ts";

/** The languages a program can be had in. */
export const LANGUAGES = { nabla: "Nabla", pytorch: "PyTorch", numpy: "NumPy" } as const;

/** A language. */
export type Language = keyof typeof LANGUAGES;

/** A program and its file's name. */
export interface Program {
  readonly name: string;
  readonly text: string;
}

/** How often a program prints, and how long it trains. */
const LENGTH = { epochs: 100, every: 20 } as const;

const list = (values: ArrayLike<number>): string =>
  `[${Array.from(values, (v) => String(Number(Math.fround(v).toPrecision(9)))).join(", ")}]`;

const BENDS = {
  nabla: {
    tanh: "new nn.Tanh()",
    relu: "new nn.ReLU()",
    sigmoid: "new nn.Sigmoid()",
    linear: "new nn.Identity()",
    leakyrelu: "new nn.LeakyReLU()",
    gelu: "new nn.GELU()",
  },
  pytorch: {
    tanh: "nn.Tanh()",
    relu: "nn.ReLU()",
    sigmoid: "nn.Sigmoid()",
    linear: "nn.Identity()",
    leakyrelu: "nn.LeakyReLU()",
    gelu: "nn.GELU()",
  },
  numpy: {
    tanh: ["np.tanh(z)", "1 - a * a"],
    relu: ["np.maximum(z, 0)", "(z > 0) * 1.0"],
    sigmoid: ["1 / (1 + np.exp(-z))", "a * (1 - a)"],
    linear: ["z", "np.ones_like(z)"],
    leakyrelu: ["np.where(z > 0, z, 0.01 * z)", "np.where(z > 0, 1, 0.01)"],
  },
} as const;

const OPTIMIZERS = {
  nabla: {
    sgd: (rate: number) => `new optim.SGD(model.parameters(), { lr: ${rate} })`,
    momentum: (rate: number) => `new optim.SGD(model.parameters(), { lr: ${rate}, momentum: 0.9 })`,
    rmsprop: (rate: number) => `new optim.RMSprop(model.parameters(), { lr: ${rate} })`,
    adam: (rate: number) => `new optim.Adam(model.parameters(), { lr: ${rate} })`,
    adamw: (rate: number) => `new optim.AdamW(model.parameters(), { lr: ${rate} })`,
  },
  pytorch: {
    sgd: (rate: number) => `torch.optim.SGD(model.parameters(), lr=${rate})`,
    momentum: (rate: number) => `torch.optim.SGD(model.parameters(), lr=${rate}, momentum=0.9)`,
    rmsprop: (rate: number) => `torch.optim.RMSprop(model.parameters(), lr=${rate})`,
    adam: (rate: number) => `torch.optim.Adam(model.parameters(), lr=${rate})`,
    adamw: (rate: number) => `torch.optim.AdamW(model.parameters(), lr=${rate})`,
  },
} as const;

const FEATURE_CODE: Readonly<Record<Language, Readonly<Record<FeatureName, string>>>> = {
  nabla: {
    x: "x",
    y: "y",
    xx: "x.mul(x)",
    yy: "y.mul(y)",
    xy: "x.mul(y)",
    sinx: "x.sin()",
    siny: "y.sin()",
  },
  pytorch: {
    x: "x",
    y: "y",
    xx: "x * x",
    yy: "y * y",
    xy: "x * y",
    sinx: "torch.sin(x)",
    siny: "torch.sin(y)",
  },
  numpy: {
    x: "x",
    y: "y",
    xx: "x * x",
    yy: "y * y",
    xy: "x * y",
    sinx: "np.sin(x)",
    siny: "np.sin(y)",
  },
};

/** Why a program cannot be had of some settings; empty where it can. */
export function whyNone(settings: PlaygroundSettings, language: Language, rows: number): string {
  const { activation, batch, penalty, penaltyRate, optimizer } = settings;
  if (rows % batch !== 0) {
    return `The playground carries what is left of ${rows} rows into the next epoch: choose a batch size that divides them.`;
  }
  if (penalty !== "none" && penaltyRate > 0) {
    return "The penalty is the Playground's own rule, which no library has: set it to None.";
  }
  if (!(activation in BENDS[language])) {
    return `The program for ${LANGUAGES[language]} has no ${activation}: choose another activation.`;
  }
  if (language === "numpy" && optimizer !== "sgd") {
    return "The program for NumPy writes gradient descent by hand: choose that optimizer.";
  }
  return "";
}

/** Writes the program. */
export function writeProgram(
  settings: PlaygroundSettings,
  reading: Pick<PlaygroundReading, "rows" | "layers" | "epoch">,
  language: Language,
): Program {
  const write = { nabla: writeNabla, pytorch: writePytorch, numpy: writeNumpy }[language];
  const name = language === "nabla" ? "playground.mjs" : `playground_${language}.py`;
  return { name, text: write(settings, reading) };
}

type Given = Pick<PlaygroundReading, "rows" | "layers" | "epoch">;

function from(settings: PlaygroundSettings, { epoch }: Given): string {
  const start = epoch === 0 ? "its initial weights" : `its weights after ${epoch} epochs`;
  return `The playground's network on ${settings.data}, from ${start}: ${LENGTH.epochs} epochs more.`;
}

function writeNabla(settings: PlaygroundSettings, given: Given): string {
  const { activation, optimizer, rate, batch, features, data } = settings;
  const bend = BENDS.nabla[activation as "tanh"];
  const layers = given.layers.flatMap(({ bias, inputs }, i) => {
    const last = i === given.layers.length - 1;
    const after = last ? (isFit(data) ? [] : ["new nn.Tanh()"]) : [bend];
    return [`new nn.Linear(${inputs}, ${bias.length})`, ...after];
  });
  return `// ${from(settings, given)}
import { compile, nn, noGrad, optim, stack, tensor } from "nabla";

const training = ${list(given.rows.training)};
const heldOut = ${list(given.rows.heldOut)};

/** The features and targets of points given as x, y, target, x, y, target, … */
function read(points) {
  const [x, y, target] = tensor(points).reshape(-1, 3).unbind(1);
  return [stack([${featureList(features, "nabla")}], 1), target.unsqueeze(1)];
}

const model = new nn.Sequential(
  ${layers.join(",\n  ")},
);
const weights = [
${given.layers.map(({ weight, bias }) => `  [${list(weight)}, ${list(bias)}],`).join("\n")}
];
const linear = [...model].filter((layer) => layer instanceof nn.Linear);
noGrad(() =>
  linear.forEach(({ weight, bias }, i) => {
    weight.set(tensor(weights[i][0]).reshape(weight.shape));
    bias.set(tensor(weights[i][1]));
  }),
);
const optimizer = ${OPTIMIZERS.nabla[optimizer as "sgd"](rate)};
const [x, y] = read(training);
const [testX, testY] = read(heldOut);
const lossOf = (x, y) => model.forward(x).sub(y).square().mean().mul(0.5);

const step = compile((x, y) => {
  const loss = lossOf(x, y);
  loss.backward();
  optimizer.step();
  optimizer.zeroGrad();
  return loss;
});

for (let epoch = 1; epoch <= ${LENGTH.epochs}; epoch++) {
  for (let i = 0; i + ${batch} <= x.shape[0]; i += ${batch}) {
    step(x.narrow(0, i, ${batch}), y.narrow(0, i, ${batch}));
  }
  if (epoch % ${LENGTH.every} === 0) {
    const [train, test] = noGrad(() => [lossOf(x, y).itemSync(), lossOf(testX, testY).itemSync()]);
    console.log(epoch, train.toFixed(5), test.toFixed(5));
  }
}
`;
}

function featureList(features: string, language: Language): string {
  return featuresOf(features)
    .map((name) => FEATURE_CODE[language][name])
    .join(", ");
}

function writePytorch(settings: PlaygroundSettings, given: Given): string {
  const { activation, optimizer, rate, batch, features, data } = settings;
  const bend = BENDS.pytorch[activation as "tanh"];
  const layers = given.layers.flatMap(({ bias, inputs }, i) => {
    const last = i === given.layers.length - 1;
    const after = last ? (isFit(data) ? [] : ["nn.Tanh()"]) : [bend];
    return [`nn.Linear(${inputs}, ${bias.length})`, ...after];
  });
  return `# ${from(settings, given)}
import torch
from torch import nn

training = ${list(given.rows.training)}
held_out = ${list(given.rows.heldOut)}


def read(points):
    """The features and targets of points given as x, y, target, x, y, target, ..."""
    x, y, target = torch.tensor(points).reshape(-1, 3).unbind(1)
    return torch.stack([${featureList(features, "pytorch")}], 1), target.unsqueeze(1)


model = nn.Sequential(
    ${layers.join(",\n    ")},
)
weights = [
${given.layers.map(({ weight, bias }) => `    [${list(weight)}, ${list(bias)}],`).join("\n")}
]
linear = [layer for layer in model if isinstance(layer, nn.Linear)]
with torch.no_grad():
    for layer, (weight, bias) in zip(linear, weights):
        layer.weight.copy_(torch.tensor(weight).reshape(layer.weight.shape))
        layer.bias.copy_(torch.tensor(bias))
optimizer = ${OPTIMIZERS.pytorch[optimizer as "sgd"](rate)}
x, y = read(training)
test_x, test_y = read(held_out)


def loss_of(x, y):
    return 0.5 * ((model(x) - y) ** 2).mean()


for epoch in range(1, ${LENGTH.epochs} + 1):
    for i in range(0, len(x) - ${batch} + 1, ${batch}):
        loss = loss_of(x[i : i + ${batch}], y[i : i + ${batch}])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % ${LENGTH.every} == 0:
        with torch.no_grad():
            print(epoch, f"{loss_of(x, y):.5f}", f"{loss_of(test_x, test_y):.5f}")
`;
}

function writeNumpy(settings: PlaygroundSettings, given: Given): string {
  const { activation, rate, batch, features, data } = settings;
  const [bend, slope] = BENDS.numpy[activation as "tanh"];
  const [end, endSlope] = isFit(data) ? ["z", "np.ones_like(z)"] : ["np.tanh(z)", "1 - a * a"];
  return `# ${from(settings, given)}
import numpy as np

training = ${list(given.rows.training)}
held_out = ${list(given.rows.heldOut)}


def read(points):
    """The features and targets of points given as x, y, target, x, y, target, ..."""
    x, y, target = np.array(points, dtype=np.float32).reshape(-1, 3).T
    return np.stack([${featureList(features, "numpy")}], 1), target[:, None]


weights = [
${given.layers
  .map(
    ({ weight, bias, inputs }) =>
      `    [np.array(${list(weight)}, dtype=np.float32).reshape(${bias.length}, ${inputs}),\n` +
      `     np.array(${list(bias)}, dtype=np.float32)],`,
  )
  .join("\n")}
]


def bend(z):
    return ${bend}


def forward(x):
    """Sums and answers of every layer."""
    layers, a = [], x
    for i, (w, b) in enumerate(weights):
        z = a @ w.T + b
        a = bend(z) if i + 1 < len(weights) else ${end}
        layers.append((z, a))
    return layers


def update(x, y, rate):
    """One step of gradient descent, by the chain rule."""
    layers = forward(x)
    upstream = (layers[-1][1] - y) / len(x)
    for i in reversed(range(len(weights))):
        z, a = layers[i]
        slope = (${slope}) if i + 1 < len(weights) else (${endSlope})
        dz = upstream * slope
        before = layers[i - 1][1] if i > 0 else x
        upstream = dz @ weights[i][0]
        weights[i][0] = weights[i][0] - rate * dz.T @ before
        weights[i][1] = weights[i][1] - rate * dz.sum(0)


def loss_of(x, y):
    return 0.5 * ((forward(x)[-1][1] - y) ** 2).mean()


x, y = read(training)
test_x, test_y = read(held_out)
for epoch in range(1, ${LENGTH.epochs} + 1):
    for i in range(0, len(x) - ${batch} + 1, ${batch}):
        update(x[i : i + ${batch}], y[i : i + ${batch}], ${rate})
    if epoch % ${LENGTH.every} == 0:
        print(epoch, f"{loss_of(x, y):.5f}", f"{loss_of(test_x, test_y):.5f}")
`;
}
