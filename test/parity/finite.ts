/** Gradient rules of the table against central differences, in float64 on the interpreter. */
import { vjpGraph } from "../../src/autograd/derive.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import { isFloat } from "../../src/core/dtype.ts";
import type { OpName } from "../../src/ir/attrs.ts";
import { Builder } from "../../src/ir/builder.ts";
import { interpret } from "../../src/ir/interpret.ts";
import type { Graph } from "../../src/ir/node.ts";
import { OPS } from "../../src/ir/ops.ts";
import type { Fill } from "./layouts.ts";
import { draw, fillFor, makeRandom, place } from "./layouts.ts";
import type { Recipe } from "./recipe.ts";
import { RECIPES } from "./recipes.ts";

/** Operations that are real from 1 on. */
const ABOVE_ONE: ReadonlySet<OpName> = new Set(["acosh"]);
const STEP = 1e-5;

/** The recipes of an operation that finite differences can check. */
export function smoothRecipes(op: OpName): readonly Recipe[] {
  if (OPS[op].vjp === null) return [];
  return RECIPES[op].filter((recipe) => {
    const sizes = recipe.operands.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    if (recipe.dtype !== "float64" || !sizes.every((size) => size > 0 && size <= 150)) return false;
    return !overwrites(recipe) || recipe.operands.some(({ fill }) => isDistinct(fill));
  });
}

function overwrites({ attrs = {} }: Recipe): boolean {
  return "combine" in attrs && attrs.combine === "set";
}

/**
 * Where several sources overwrite one place, each gets the whole gradient, as in PyTorch.
 */
function isDistinct(fill: Fill): boolean {
  return typeof fill === "object" && fill.distinct === true;
}

/** The relative error of the derivative along a random direction; NaN where there is none. */
export function gradientError(op: OpName, recipe: Recipe, seed: number): number {
  const random = makeRandom(seed);
  const b = new Builder();
  const placed = recipe.operands.map((operand) => place(b, operand));
  const output = recipe.apply(
    b,
    placed.map(({ node }) => node),
  );
  if (output.type.dtype !== "float64") return NaN;
  const graph: Graph = { inputs: placed.map(({ input }) => input), outputs: [output] };
  const shift = ABOVE_ONE.has(op) ? 1 : 0;
  const wanted = recipe.operands.map(
    ({ dtype, fill }) => isFloat(dtype) && typeof fill === "string",
  );
  const at = placed.map(({ input }, i) =>
    wanted[i]
      ? fillFor(input, "open", random).map((x) => x + shift)
      : fillFor(input, recipe.operands[i]!.fill, random),
  );
  if (!wanted.includes(true)) return NaN;
  const directions = at.map((values) => draw("float64", values.length, "smooth", random));
  const cotangent = draw("float64", output.type.size, "smooth", random);
  const numeric = (dot(along(1), cotangent) - dot(along(-1), cotangent)) / (2 * STEP);
  const gradients = interpret(vjpGraph(graph, wanted, [true]), [...at, cotangent]);
  const targets = directions.filter((_, i) => wanted[i]);
  const exact = gradients.reduce((total, g, i) => total + dot(g, targets[i]!), 0);
  return Math.abs(numeric - exact) / Math.max(1, Math.abs(exact));

  function along(sign: number): TypedArray {
    const moved = at.map((values, i) =>
      wanted[i] ? values.map((x, k) => x + sign * STEP * directions[i]![k]!) : values,
    );
    return interpret(graph, moved)[0]!;
  }
}

function dot(a: TypedArray, b: TypedArray): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}
