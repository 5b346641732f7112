/** Compositions that the compiler fuses: chains, rowwise kernels, contractions with an epilogue. */
import type { DType } from "../../src/core/dtype.ts";
import type { Shape } from "../../src/core/shape.ts";
import type { OpName } from "../../src/ir/attrs.ts";
import type { Node, NodeBuilder } from "../../src/ir/node.ts";
import type { Recipe } from "./recipe.ts";
import type { Operand } from "./layouts.ts";

type Plain = Extract<OpName, "add" | "sub" | "mul" | "div" | "exp" | "tanh" | "sqrt" | "maximum">;

function op(b: NodeBuilder, name: Plain, ...inputs: readonly Node[]): Node {
  return b.apply(name, inputs, {});
}

/** Reduces the last axis and stretches the result again. */
function along(b: NodeBuilder, combine: "sum" | "max", x: Node): Node {
  const { shape } = x.type;
  const last = shape.length - 1;
  const small = b.apply("reduce", [x], { combine, axes: [last] });
  const kept = b.apply("reshape", [small], { shape: [...shape.slice(0, -1), 1] });
  return b.apply("expand", [kept], { shape });
}

function filled(b: NodeBuilder, like: Node, value: number): Node {
  const { dtype, shape } = like.type;
  const one = b.apply("constant", [], { dtype, value });
  const flat = b.apply("reshape", [one], { shape: shape.map(() => 1) });
  return b.apply("expand", [flat], { shape });
}

function softmax(b: NodeBuilder, [x]: readonly Node[]): Node {
  const e = op(b, "exp", op(b, "sub", x!, along(b, "max", x!)));
  return op(b, "div", e, along(b, "sum", e));
}

function layerNorm(b: NodeBuilder, [x, weight, bias]: readonly Node[]): Node {
  const last = x!.type.shape.length - 1;
  const count = filled(b, x!, x!.type.shape[last]!);
  const centred = op(b, "sub", x!, op(b, "div", along(b, "sum", x!), count));
  const variance = op(b, "div", along(b, "sum", op(b, "mul", centred, centred)), count);
  const scale = op(b, "sqrt", op(b, "add", variance, filled(b, x!, 0.0078125)));
  return op(b, "add", op(b, "mul", op(b, "div", centred, scale), weight!), bias!);
}

function linearTanh(b: NodeBuilder, [x, w, bias]: readonly Node[]): Node {
  return op(b, "tanh", op(b, "add", b.apply("contract", [x!, w!], {}), bias!));
}

function chain(b: NodeBuilder, [x, y, z]: readonly Node[]): Node {
  const mixed = op(b, "add", op(b, "mul", x!, y!), op(b, "exp", z!));
  const { shape } = mixed.type;
  return b.apply("reduce", [op(b, "maximum", mixed, x!)], {
    combine: "sum",
    axes: shape.map((_, axis) => axis),
  });
}

function recipes(
  name: string,
  dtype: DType,
  shapes: readonly (readonly [Shape, Shape?])[],
  apply: Recipe["apply"],
): Recipe {
  const operands = shapes.map(([shape, from], i): Operand => ({
    dtype,
    shape,
    fill: "smooth",
    ...(from && { from }),
    ...(i === 0 && { layout: "permuted" as const }),
  }));
  const label = `${name} ${dtype} ${shapes.map(([s]) => `[${s.join()}]`).join(" × ")}`;
  return { label, dtype, operands, apply };
}

/** The recipes of compositions. */
export const FUSED: readonly Recipe[] = (["float32", "float64"] as const).flatMap((dtype) => [
  recipes("softmax", dtype, [[[5, 33]]], softmax),
  recipes("softmax", dtype, [[[2, 3, 1]]], softmax),
  recipes("softmax", dtype, [[[1, 1025]]], softmax),
  recipes("layer norm", dtype, [[[7, 13]], [[7, 13], [13]], [[7, 13], [13]]], layerNorm),
  recipes("layer norm", dtype, [[[2, 513]], [[2, 513], [513]], [[2, 513], [513]]], layerNorm),
  recipes("linear tanh", dtype, [[[35, 1]], [[1, 10]], [[35, 10], [10]]], linearTanh),
  recipes("linear tanh", dtype, [[[3, 65]], [[65, 17]], [[3, 17], [17]]], linearTanh),
  recipes(
    "chain",
    dtype,
    [
      [[9, 31]],
      [
        [9, 31],
        [9, 1],
      ],
      [[9, 31], [31]],
    ],
    chain,
  ),
  recipes("chain", dtype, [[[1]], [[1]], [[1]]], chain),
]);
