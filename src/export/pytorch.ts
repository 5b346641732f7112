/** Writes the training as a program for PyTorch. */
import { ACTIVATIONS } from "../models/activations.ts";
import type { ArrayDialect } from "./literals.ts";
import { spellNumber } from "./literals.ts";
import { moduleNumber } from "./network.ts";
import type { Training } from "./network.ts";
import type { PythonSource } from "./python.ts";
import { pythonComparison, pythonData, pythonEpochs, pythonHead, pythonLayer } from "./python.ts";

const TORCH: ArrayDialect = {
  list: (items, float) => `torch.tensor(${items}, dtype=torch.float${float})`,
  bytes: (text, float) => `torch.frombuffer(bytearray(${text}), dtype=torch.float${float})`,
};

/** Writes a program that trains the same network on the same data in PyTorch. */
export function exportPytorch(source: PythonSource): string {
  const { network, training } = source;
  const classes = network.classes !== undefined;
  const target = classes ? "Y.long()" : "((Y - Y_OFFSET) / Y_SCALE).float()";
  return `${pythonHead(source, "PyTorch", ["import torch", "from torch import nn"])}
torch.set_num_threads(1)  # the network is small: more threads cost more than they bring

${pythonData(source, TORCH)}
# The weights before the first epoch.
INITIAL = {
${spellInitial(training)}
}

${pythonComparison(source)}

def scaled(x):
    return ((x - X_OFFSET) / X_SCALE).float()


${spellPredict(classes)}

${pythonEpochs(source)}

model = nn.Sequential(
${spellModules(source)}
)
model.load_state_dict(INITIAL)
loss_fn = nn.${classes ? "CrossEntropyLoss" : "MSELoss"}()
optimizer = ${spellOptimizer(training)}
inputs, targets = scaled(X), ${target}

losses = []
for epoch in range(EPOCHS):
    loss = loss_fn(model(inputs), targets)
    losses.append(loss.item())
    if epoch % EVERY == 0:
        print(f"epoch {epoch:5d}  loss {losses[-1]:.6g}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

compare(losses)
print("the first row:", dict(zip(INPUTS, X[0].tolist())), "->", predict(X[:1])[0])
`;
}

function spellInitial({ initial }: Training): string {
  return initial
    .flatMap((layer, k) => {
      const [weight, bias] = pythonLayer(layer, TORCH);
      const name = moduleNumber(k);
      return [`    "${name}.weight": ${weight},`, `    "${name}.bias": ${bias},`];
    })
    .join("\n");
}

function spellModules({ network }: PythonSource): string {
  const { layers, activation } = network;
  return layers
    .map(({ inputs, outputs }, k) => {
      const linear = `    nn.Linear(${inputs}, ${outputs}),`;
      return k === 0 ? linear : `    nn.${ACTIVATIONS[activation].module}(),\n${linear}`;
    })
    .join("\n");
}

function spellOptimizer({ optimizer, lr, weightDecay }: Training): string {
  const decay = weightDecay === 0 ? "" : `, weight_decay=${spellNumber(weightDecay)}`;
  const name = optimizer === "adam" ? "Adam" : "SGD";
  return `torch.optim.${name}(model.parameters(), lr=${spellNumber(lr)}${decay})`;
}

function spellPredict(classes: boolean): string {
  const answer = classes
    ? "[CLASSES[k] for k in model(scaled(x)).argmax(1).tolist()]"
    : "(model(scaled(x)).double() * Y_SCALE + Y_OFFSET).tolist()";
  return `def predict(x):
    """Answers for rows in the units of the table, one ${classes ? "class" : "list of outputs"} for each."""
    with torch.no_grad():
        return ${answer}
`;
}
