/** Writes the training as a program for NumPy, with every gradient written out. */
import { spellingOf } from "../models/activations.ts";
import type { ArrayDialect } from "./literals.ts";
import { spellNumber } from "./literals.ts";
import type { Training } from "./network.ts";
import type { PythonSource } from "./python.ts";
import { pythonComparison, pythonData, pythonEpochs, pythonHead, pythonLayer } from "./python.ts";

/** What activations need that use the error function. */
const ERF = `erf = np.vectorize(math.erf, otypes=[float])


def gauss(z):
    """The normal distribution up to z."""
    return 0.5 * (1.0 + erf(z / math.sqrt(2.0)))


`;

const NUMPY: ArrayDialect = {
  list: (items, float) => `np.array(${items}, np.float${float})`,
  bytes: (text, float) => `np.frombuffer(${text}, "<f${float / 8}")`,
};

/** Writes a program that trains the same network on the same data by hand. */
export function exportNumpy(source: PythonSource): string {
  const { network, training } = source;
  const classes = network.classes !== undefined;
  const helpers = spellingOf(network.activation).usesErf ? ERF : "";
  const imports = [...(helpers === "" ? [] : ["import math", ""]), "import numpy as np"];
  const head = pythonHead(source, "NumPy, gradients written out", imports);
  return `${head.replace("import sys\n\nimport math\n", "import math\nimport sys\n")}
${pythonData(source, NUMPY)}
# The weights before the first epoch.
${spellInitial(training)}

${pythonComparison(source)}

${helpers}def scaled(x):
    return (x - X_OFFSET) / X_SCALE


${spellForward(source)}

${spellGradients(source)}

${spellPredict(classes)}

${spellUpdate(training)}

${pythonEpochs(source)}

inputs = scaled(X)
targets = ${classes ? "Y.astype(int)" : "(Y - Y_OFFSET) / Y_SCALE"}
parameters = [${namesOf(source).join(", ")}]

losses = []
for epoch in range(EPOCHS):
    loss, gradients = loss_and_gradients(parameters, inputs, targets)
    losses.append(float(loss))
    if epoch % EVERY == 0:
        print(f"epoch {epoch:5d}  loss {losses[-1]:.6g}")
    update(parameters, gradients, epoch + 1)

compare(losses)
print("the first row:", dict(zip(INPUTS, X[0].tolist())), "->", predict(parameters, X[:1])[0])
`;
}

function spellInitial({ initial }: Training): string {
  return initial
    .map((layer, k) => {
      const [weight, bias] = pythonLayer(layer, NUMPY);
      return `W${k + 1} = ${weight}.astype(np.float64)\nb${k + 1} = ${bias}.astype(np.float64)`;
    })
    .join("\n");
}

function namesOf({ network }: PythonSource): string[] {
  return network.layers.flatMap((_, k) => [`W${k + 1}`, `b${k + 1}`]);
}

/** What the gradients need of the hidden layers. */
function keptNames({ network }: PythonSource): string[] {
  return network.layers.slice(1).flatMap((_, k) => [`z${k + 1}`, `a${k + 1}`]);
}

/** z and a of every layer: `z1 = x @ W1.T + b1; a1 = φ(z1)`. */
function spellForward(source: PythonSource): string {
  const { layers, activation } = source.network;
  const { numpy } = spellingOf(activation);
  const lines = layers.flatMap((_, k) => {
    const from = k === 0 ? "x" : `a${k}`;
    const z = `z${k + 1} = ${from} @ W${k + 1}.T + b${k + 1}`;
    const a = `a${k + 1} = ${numpy(`z${k + 1}`)}`;
    return k === layers.length - 1 ? [z] : [z, a];
  });
  const last = `z${layers.length}`;
  const kept = keptNames(source);
  return `def forward(parameters, x):
    """The network: returns its output and what the gradients need."""
    ${namesOf(source).join(", ")} = parameters
    ${lines.join("\n    ")}
    return ${last}, (${kept.join(", ")})
`;
}

/** The chain rule from the loss back to every weight. */
function spellGradients(source: PythonSource): string {
  const { layers, activation, classes } = source.network;
  const last = layers.length;
  const kept = keptNames(source);
  const lines: string[] = [];
  for (let k = last; k >= 1; k--) {
    const from = k === 1 ? "x" : `a${k - 1}`;
    lines.push(`dW${k} = dz${k}.T @ ${from}`, `db${k} = dz${k}.sum(axis=0)`);
    if (k === 1) continue;
    const slope = spellingOf(activation).numpySlope(`z${k - 1}`, `a${k - 1}`);
    lines.push(`da${k - 1} = dz${k} @ W${k}`, `dz${k - 1} = da${k - 1} * ${slope}`);
  }
  const loss = classes
    ? [
        "rows = np.arange(len(targets))",
        "shifted = y - y.max(axis=1, keepdims=True)",
        "logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
        "loss = -np.mean(logp[rows, targets])",
        `dz${last} = np.exp(logp)`,
        `dz${last}[rows, targets] -= 1.0`,
        `dz${last} /= len(targets)`,
      ]
    : ["difference = y - targets", "loss = np.mean(difference**2)"].concat(
        `dz${last} = 2.0 * difference / difference.size`,
      );
  const names = namesOf(source).map((name) => `d${name}`);
  const kinds = classes ? "cross-entropy" : "mean squared error";
  const before = kept.length === 0 ? "_" : `(${kept.join(", ")})`;
  return `def loss_and_gradients(parameters, x, targets):
    """The ${kinds} and its derivative by every weight, by the chain rule."""
    ${namesOf(source).join(", ")} = parameters
    y, ${before} = forward(parameters, x)
    ${[...loss, ...lines].join("\n    ")}
    return loss, [${names.join(", ")}]
`;
}

function spellPredict(classes: boolean): string {
  const answer = classes
    ? "[CLASSES[k] for k in y.argmax(axis=1)]"
    : "(y * Y_SCALE + Y_OFFSET).tolist()";
  return `def predict(parameters, x):
    """Answers for rows in the units of the table, one ${classes ? "class" : "list of outputs"} for each."""
    y, _ = forward(parameters, scaled(x))
    return ${answer}
`;
}

function spellUpdate({ optimizer, lr, weightDecay }: Training): string {
  const decay =
    weightDecay === 0
      ? ""
      : `        gradient = gradient + ${spellNumber(weightDecay)} * parameter\n`;
  if (optimizer === "sgd") {
    return `def update(parameters, gradients, step):
    """Gradient descent."""
    for parameter, gradient in zip(parameters, gradients):
${decay}        parameter -= ${spellNumber(lr)} * gradient
`;
  }
  return `moments = {}


def update(parameters, gradients, step):
    """Adam (Kingma and Ba, 2015)."""
    rate, beta1, beta2, epsilon = ${spellNumber(lr)}, 0.9, 0.999, 1e-8
    for i, (parameter, gradient) in enumerate(zip(parameters, gradients)):
${decay}        m, v = moments.get(i, (np.zeros_like(parameter), np.zeros_like(parameter)))
        m = beta1 * m + (1.0 - beta1) * gradient
        v = beta2 * v + (1.0 - beta2) * gradient**2
        moments[i] = m, v
        mean, square = m / (1.0 - beta1**step), v / (1.0 - beta2**step)
        parameter -= rate * mean / (np.sqrt(square) + epsilon)
`;
}
