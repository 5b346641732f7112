/** What the programs for PyTorch and for NumPy have in common: head, data, closing comparison. */
import { argumentError } from "../core/errors.ts";
import type { ArrayDialect } from "./literals.ts";
import { needsBase64, spellArray, spellComment, spellFloat32, spellList } from "./literals.ts";
import { spellNumber, spellPythonText } from "./literals.ts";
import type { LinearLayer, Network, Training } from "./network.ts";
import { isText } from "./network.ts";

/** What a Python program is made from. */
export interface PythonSource {
  readonly network: Network;
  readonly training: Training;
  /** The file that the program is written to, for its usage line. */
  readonly file: string;
}

/** Above this many numbers in the table the program would be a data file. */
const MOST_NUMBERS = 2_000_000;

/** Spells the docstring and the imports. */
export function pythonHead(
  { network, training, file }: PythonSource,
  library: string,
  imports: readonly string[],
): string {
  const { x, y, initial } = training;
  if (x.length + y.length > MOST_NUMBERS) {
    throw argumentError(
      `export: the table has ${x.length + y.length} numbers; a program carries at most ` +
        `${MOST_NUMBERS}. Fit fewer rows, or export a predictor with --to typescript.`,
    );
  }
  const base64 = needsBase64([x, y, ...initial.map(({ weight }) => weight)]);
  const all = [...(base64 ? ["import base64"] : []), "import sys", "", ...imports];
  return `"""${spellComment(network.command)}

The same training in ${library}: same data, same initial weights, same steps.
Written by Nabla ${network.version}. Run it:  python3 ${spellComment(file)} [epochs]
"""
${all.join("\n")}
`;
}

/** Spells the training data, in the units of the table, and the scaling of both sides. */
export function pythonData({ network, training }: PythonSource, dialect: ArrayDialect): string {
  const columns = network.xScaler.offset.length;
  const { x, y } = training;
  const rows = x.length / columns;
  const names = network.inputs.flatMap((column) =>
    isText(column) ? column.values.map((value) => `${column.name}=${value}`) : [column.name],
  );
  const spell = (values: readonly number[]): string =>
    dialect.list(spellList(values.map(spellNumber), ""), 64);
  const lines = [
    `INPUTS = ${spellList(names.map(spellPythonText), "")}`,
    `OUTPUTS = ${spellList(network.outputs.map(spellPythonText), "")}`,
    `X = ${spellArray(x, [rows, columns], dialect)}`,
    `Y = ${spellArray(y, network.classes ? [rows] : [rows, network.outputs.length], dialect)}`,
    `X_OFFSET = ${spell(network.xScaler.offset)}`,
    `X_SCALE = ${spell(network.xScaler.scale)}`,
  ];
  if (network.classes) {
    lines.push(
      `CLASSES = ${spellList(network.classes.map(spellPythonText), "")}  # Y holds their numbers`,
    );
  } else {
    lines.push(
      `Y_OFFSET = ${spell(network.yScaler.offset)}`,
      `Y_SCALE = ${spell(network.yScaler.scale)}`,
    );
  }
  return `# The rows of training, in the units of the table.\n${lines.join("\n")}\n`;
}

/** Spells one layer's weight and bias as a pair. */
export function pythonLayer(layer: LinearLayer, dialect: ArrayDialect): [string, string] {
  return [
    spellArray(layer.weight, [layer.outputs, layer.inputs], dialect),
    spellArray(layer.bias, [layer.outputs], dialect),
  ];
}

/** Spells the recorded losses and the function that compares them with those of the program. */
export function pythonComparison({ training }: PythonSource): string {
  const pairs = training.losses.map(([epoch, loss]) => `${epoch}: ${spellFloat32(loss)}`);
  const table = spellList(pairs, "").replace(/^\[/, "{").replace(/\]$/, "}");
  return `# What Nabla's loss was at the start of these epochs.
RECORDED = ${table}


def compare(losses):
    """Prints how far the losses are from those that Nabla recorded, relative to them."""
    known = [epoch for epoch in RECORDED if epoch < len(losses)]
    if known:
        worst = max(abs(losses[epoch] - RECORDED[epoch]) / RECORDED[epoch] for epoch in known)
        print(f"epochs 0 to {max(known)}: at most {worst:.1e} from Nabla's losses (relative)")
`;
}

/** Spells the number of epochs and the trace, which both programs print alike. */
export function pythonEpochs({ training }: PythonSource): string {
  return `EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else ${training.epochs}
EVERY = max(1, EPOCHS // 10)`;
}
