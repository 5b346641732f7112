/**
 * Stacked linear layers are one linear layer: w2·(w1·x + b1) + b2 = (w2·w1)·x + (w2·b1 + b2).
 * However many, they draw a straight line; it takes an activation between them to bend it. No
 * engine.
 *
 * Of 1,000 nodes in a row the weight is the product of all weights. The bias is not b1 + … + b1000:
 * each bias is multiplied by every weight that comes after it.
 */

interface Node {
  readonly w: number;
  readonly b: number;
}

/** What a run gives back. */
export interface CollapseRun {
  /** The largest difference between the stack and its single node, over some inputs. */
  readonly difference: number;
  readonly collapsed: Node;
  readonly sumOfBiases: number;
}

/** Collapses a stack of linear nodes, the first one applied first, into one. */
export function collapse(stack: readonly Node[]): Node {
  return stack.reduce((inner, { w, b }) => ({ w: w * inner.w, b: w * inner.b + b }), {
    w: 1,
    b: 0,
  });
}

/** Runs the program. */
export function run(print: (line: string) => void = console.log): CollapseRun {
  const two = collapse([
    { w: 2, b: 1 },
    { w: 3, b: -4 },
  ]);
  print(
    `3·(2·x + 1) − 4 = ${two.w}·x − ${-two.b}: ${3 * (2 * 5 + 1) - 4} = ${two.w * 5 + two.b} at x = 5`,
  );

  const stack = Array.from({ length: 1000 }, (_, i) => ({
    w: i % 2 === 0 ? 1.25 : 0.8,
    b: ((i * 7) % 11) / 10 - 0.4,
  }));
  const collapsed = collapse(stack);
  const through = (x: number): number => stack.reduce((value, { w, b }) => w * value + b, x);
  const difference = Math.max(
    ...[-2, 0, 0.5, 3].map((x) => Math.abs(through(x) - (collapsed.w * x + collapsed.b))),
  );
  const sumOfBiases = stack.reduce((sum, { b }) => sum + b, 0);
  print(
    `1000 nodes: ${collapsed.w.toFixed(4)}·x + ${collapsed.b.toFixed(4)}, apart by ${difference.toExponential(0)}`,
  );
  print(`the sum of the 1000 biases is ${sumOfBiases.toFixed(4)}: another number`);
  return { difference, collapsed, sumOfBiases };
}
