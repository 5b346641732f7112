/**
 * Scans for tests: a cell with a product and a nonlinearity, running sums both ways, nested scans.
 */
import type { DType } from "../../src/core/dtype.ts";
import type { Shape } from "../../src/core/shape.ts";
import type { Node, NodeBuilder } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";
import { pick } from "../../src/ir/scan.ts";
import {
  expandTo,
  op,
  permute,
  plus,
  reshape,
  scaled,
  sliceAxis,
  swapAxes,
} from "../../src/ir/words.ts";

/** What a scan test applies: operands and how one of the results is made of them. */
export interface ScanGraph {
  readonly name: string;
  readonly shapes: readonly Shape[];
  readonly build: (b: NodeBuilder, dtype: DType, nodes: readonly Node[]) => Node;
}

/** h' = tanh(x + h · Wᵀ + bias), with output h' · h; W [H, H], x [T, B, H]. */
function recurrent(t: number, rows: number, width: number, reverse: boolean): ScanGraph {
  return {
    name: `recurrent ${t} ${rows} ${width}${reverse ? " reverse" : ""}`,
    shapes: [[rows, width], [t, rows, width], [width, width], [width]],
    build: (b, dtype, nodes) => {
      const nb = b.nested();
      const h = nb.input(typeOf(dtype, [rows, width]));
      const x = nb.input(typeOf(dtype, [rows, width]));
      const w = nb.input(typeOf(dtype, [width, width]));
      const bias = nb.input(typeOf(dtype, [width]));
      const product = op(nb, "contract", h, swapAxes(nb, w, 0, 1));
      const sum = op(nb, "add", op(nb, "add", x, product), expandTo(nb, bias, [rows, width]));
      const next = op(nb, "tanh", sum);
      const body = { inputs: [h, x, w, bias], outputs: [next, op(nb, "mul", next, h)] };
      const attrs = { body, carries: 1, sequences: 1, length: t, reverse };
      const node = b.apply("scan", nodes, attrs);
      const states = sliceAxis(b, pick(b, node, 0), 0, 1, t);
      return op(b, "add", states, scaled(b, pick(b, node, 1), 0.5));
    },
  };
}

/**
 * Two carries that feed each other, elements taken from a permuted sequence, one captured scalar.
 */
function coupled(t: number, width: number): ScanGraph {
  return {
    name: `coupled ${t} ${width}`,
    shapes: [[width], [width], [width, t], []],
    build: (b, dtype, [first, second, sequence, factor]) => {
      const nb = b.nested();
      const line = typeOf(dtype, [width]);
      const [p, q, x] = [nb.input(line), nb.input(line), nb.input(line)];
      const k = nb.input(typeOf(dtype, []));
      const scaledQ = op(nb, "mul", q, expandTo(nb, k, [width]));
      const next = op(nb, "sin", op(nb, "add", p, op(nb, "mul", scaledQ, x)));
      const other = op(nb, "sub", op(nb, "mul", p, x), plus(nb, q, 0.25));
      const body = { inputs: [p, q, x, k], outputs: [next, other] };
      const attrs = { body, carries: 2, sequences: 1, length: t, reverse: false };
      const inputs = [first!, second!, permute(b, sequence!, [1, 0]), factor!];
      const node = b.apply("scan", inputs, attrs);
      return reshape(b, sliceAxis(b, pick(b, node, 1), 0, t, 1), [width]);
    },
  };
}

/** A scan whose body scans: a running sum of running products. */
function nested(t: number, width: number): ScanGraph {
  return {
    name: `nested ${t} ${width}`,
    shapes: [[1], [t, width, 1]],
    build: (b, dtype, [start, rows]) => {
      const one = typeOf(dtype, [1]);
      const nb = b.nested();
      const deep = nb.nested();
      const [total, x] = [deep.input(one), deep.input(one)];
      const innerBody = { inputs: [total, x], outputs: [op(deep, "mul", total, plus(deep, x, 1))] };
      const [carry, row] = [nb.input(one), nb.input(typeOf(dtype, [width, 1]))];
      const inner = nb.apply("scan", [carry, row], {
        body: innerBody,
        carries: 1,
        sequences: 1,
        length: width,
        reverse: true,
      });
      const last = reshape(nb, sliceAxis(nb, pick(nb, inner, 0), 0, 0, 1), [1]);
      const body = { inputs: [carry, row], outputs: [scaled(nb, last, 0.5)] };
      const attrs = { body, carries: 1, sequences: 1, length: t, reverse: false };
      return pick(b, b.apply("scan", [start!, rows!], attrs), 0);
    },
  };
}

/** What is tried of scans. */
export const SCANS: readonly ScanGraph[] = [
  recurrent(3, 2, 3, false),
  recurrent(4, 1, 5, true),
  recurrent(1, 2, 2, false),
  recurrent(0, 2, 2, false),
  coupled(4, 3),
  coupled(5, 1),
  nested(2, 3),
];
