/** Labels of samples: the class or the group that each belongs to. */
import { argumentError } from "../core/errors.ts";
import { Tensor } from "../tensor/tensor.ts";

/** A class or a group for each sample: numbers, texts, or a tensor `[N]`. */
export type Labels = ArrayLike<number> | readonly string[] | Tensor;

/** Reads labels; throws for numbers that are none. */
export function readLabels(labels: Labels): readonly (number | string)[] {
  const list: (number | string)[] = Array.from(
    (labels instanceof Tensor ? labels.dataSync() : labels) as ArrayLike<number | string>,
  );
  const wrong = list.findIndex((x) => typeof x !== "string" && !(typeof x === "number" && x === x));
  if (wrong < 0) return list;
  throw argumentError(`the label of sample ${wrong} is ${list[wrong]}; need a number or a text.`);
}

/** Lists the samples of each label, labels in the order of their first sample. */
export function membersOf(labels: Labels): Int32Array[] {
  const members = new Map<number | string, number[]>();
  readLabels(labels).forEach((label, i) => {
    const known = members.get(label);
    if (known === undefined) members.set(label, [i]);
    else known.push(i);
  });
  return [...members.values()].map((list) => Int32Array.from(list));
}

/** Lists the samples of each label, labels in the order of numbers or of texts. */
export function sortedMembersOf(labels: Labels): Int32Array[] {
  const list = readLabels(labels);
  return membersOf(labels).sort((a, b) => {
    const [p, q] = [list[a[0]!]!, list[b[0]!]!];
    return p < q ? -1 : p > q ? 1 : 0;
  });
}

/** Throws unless there is a label for each sample. */
export function needLabels(owner: string, what: string, labels: Labels, samples: number): void {
  const length = labels instanceof Tensor ? (labels.shape[0] ?? 0) : labels.length;
  const flat = !(labels instanceof Tensor) || labels.shape.length === 1;
  if (flat && length === samples) return;
  const given = flat ? `${length} entries` : `the shape [${labels.shape.join(", ")}]`;
  throw argumentError(`${owner}: ${what} has ${given}; need one for each of ${samples} samples.`);
}
