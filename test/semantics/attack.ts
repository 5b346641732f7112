/** How attacks on `compile` are run: the same calls in plain code and compiled, call by call. */

import { compile, manualSeed, nn, optim, Tensor } from "nabla";

/** Makes a function compiled, or leaves it as it is. */
export type Wrap = <F extends (...args: never[]) => unknown>(fn: F) => F;

/** Prepares fresh state; returns what is done one after another, each with its result. */
export type Attack = (wrap: Wrap) => readonly (() => unknown)[];

/** Attacks by what they do. */
export type Attacks = Readonly<Record<string, Attack>>;

/** How an attack ended: with the bits of plain code, with an error, or with other bits. */
export interface Outcome {
  readonly kind: "equal" | "refused" | "different";
  /** What was refused, or which call differed. */
  readonly text: string;
}

/** Numbers, dtypes and shapes of all that a call returned. */
function seen(value: unknown): unknown {
  if (value instanceof Tensor) return [value.dtype, value.shape, [...value.dataSync()].map(bits)];
  if (typeof value === "number") return bits(value);
  if (Array.isArray(value)) return value.map(seen);
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value).map(([name, item]) => [name, seen(item)]);
}

function bits(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function play(attack: Attack, wrap: Wrap): string[] {
  manualSeed(7);
  const outcomes: string[] = [];
  for (const act of attack(wrap)) {
    try {
      outcomes.push(JSON.stringify(seen(act())));
    } catch (error) {
      outcomes.push(`error: ${(error as Error).message}`);
      break;
    }
  }
  return outcomes;
}

/** Plays an attack both ways. After an error nothing is compared any more. */
export function outcomeOf(attack: Attack, options: Parameters<typeof compile>[1] = {}): Outcome {
  const plain = play(attack, (fn) => fn);
  const compiled = play(attack, (fn) => compile(fn, options) as unknown as typeof fn);
  const k = plain.findIndex((text, i) => compiled[i] !== text);
  if (k < 0) return { kind: "equal", text: "" };
  const got = compiled[k] ?? "nothing";
  if (got.startsWith("error: ")) return { kind: "refused", text: got };
  return { kind: "different", text: `call ${k}: plain ${plain[k]}, compiled ${got}` };
}

/** Does the same several times, with the number of the time. */
export function times(count: number, act: (k: number) => unknown): (() => unknown)[] {
  return Array.from({ length: count }, (_, k) => () => act(k));
}

/** A small model, its optimizer and a step. */
export function training(): {
  model: nn.Sequential;
  first: nn.Linear;
  optimizer: optim.SGD;
  step: (x: Tensor) => Tensor;
} {
  const first = new nn.Linear(3, 2);
  const model = new nn.Sequential(first, new nn.Tanh(), new nn.Linear(2, 1));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const step = (x: Tensor): Tensor => {
    const loss = model.forward(x).square().mean();
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss.detach();
  };
  return { model, first, optimizer, step };
}
