/** A table of a model's layers: shapes, parameters and multiply–adds, found without computing. */
import type { DType } from "../core/dtype.ts";
import { argumentError } from "../core/errors.ts";
import { read } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { showShape } from "../core/shape.ts";
import { typeOf } from "../ir/node.ts";
import { census } from "../tensor/census.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Module } from "./module.ts";

/** What one module contributes; the columns of all rows add up to the totals. */
export interface SummaryRow {
  /** The path of the module, "" for the model itself. */
  readonly name: string;
  /** The class. */
  readonly type: string;
  /** How deep it lies in the tree. */
  readonly depth: number;
  /** The shapes of what it returned at its last call; none where it was not called. */
  readonly outputShapes: readonly Shape[];
  /** Its own parameters, those of modules below left out; what is shared counts once. */
  readonly parameters: number;
  /** The multiply–adds of products and convolutions in its own forward, all calls together. */
  readonly multiplyAdds: number;
}

/** A model's rows and totals; as text, a table. */
export interface Summary {
  readonly rows: readonly SummaryRow[];
  readonly parameters: number;
  /** The parameters that require a gradient. */
  readonly trainable: number;
  readonly multiplyAdds: number;
  /** The table as text. */
  toString(): string;
}

/** Options of {@link summary}. */
export interface SummaryOptions {
  /** The dtype of the inputs; int32 for class numbers. Default: that of the parameters. */
  readonly dtype?: DType;
}

/** What is known of a module while the model runs. */
interface Seen {
  shapes: readonly Shape[];
  multiplyAdds: number;
}

/**
 * Describes a model for an input of a shape (the batch included) or for several inputs: each
 * layer's output shape, parameters and multiply–adds, and the totals. Runs `forward` without
 * computing numbers, so the model must not read any. `String(summary(model, [32, 1, 28, 28]))` is a
 * table.
 */
export function summary(
  model: Module,
  inputShape: Shape | readonly Shape[],
  options: SummaryOptions = {},
): Summary {
  read("summary", {}, [options], { dtype: null as DType | null });
  const shapes = shapesOf(inputShape);
  const [first] = model.parameters();
  const dtype = options.dtype ?? first?.dtype ?? "float32";
  const named = model.namedModules();
  const seen = new Map<Module, Seen>(
    named.map(([, module]) => [module, { shapes: [], multiplyAdds: 0 }]),
  );
  observe(model, shapes, dtype, seen);
  const counted = new Set<Tensor>();
  const rows = named.map(([name, module]): SummaryRow => {
    const own = module.parameters({ recurse: false }).filter((p) => !counted.has(p));
    for (const p of own) counted.add(p);
    const { shapes: outputShapes, multiplyAdds } = seen.get(module)!;
    return {
      name,
      type: module.constructor.name,
      depth: name === "" ? 0 : name.split(".").length,
      outputShapes,
      parameters: sizeOfAll(own),
      multiplyAdds,
    };
  });
  const all = model.parameters();
  const totals = {
    rows,
    parameters: sizeOfAll(all),
    trainable: sizeOfAll(all.filter((p) => p.requiresGrad)),
    multiplyAdds: rows.reduce((sum, row) => sum + row.multiplyAdds, 0),
  };
  return { ...totals, toString: () => tableOf(totals) };
}

/** Runs the model once with hooks on every module. */
function observe(
  model: Module,
  shapes: readonly Shape[],
  dtype: DType,
  seen: ReadonlyMap<Module, Seen>,
): void {
  const handles: { remove(): void }[] = [];
  try {
    census((counter) => {
      const open: { start: number; below: number }[] = [];
      for (const [module, found] of seen) {
        const before = module.registerForwardPreHook(() => {
          open.push({ start: counter.products, below: 0 });
        });
        const after = module.registerForwardHook((_, __, output) => {
          const { start, below } = open.pop()!;
          const whole = counter.products - start;
          found.multiplyAdds += whole - below;
          found.shapes = tensorsIn(output).map((x) => x.shape);
          const parent = open.at(-1);
          if (parent !== undefined) parent.below += whole;
        });
        handles.push(before, after);
      }
      const forward = model.forward.bind(model) as (...inputs: Tensor[]) => unknown;
      forward(...shapes.map((shape) => counter.stand(typeOf(dtype, shape))));
    });
  } finally {
    for (const handle of handles) handle.remove();
  }
}

function shapesOf(given: Shape | readonly Shape[]): readonly Shape[] {
  const shapes = given.every((n) => typeof n === "number") ? [given] : given;
  const good = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 0;
  if (shapes.every((shape) => Array.isArray(shape) && shape.every(good))) return shapes as Shape[];
  throw argumentError(
    `summary: the input shape is ${JSON.stringify(given)}; need one such as [32, 1, 28, 28].`,
  );
}

function tensorsIn(output: unknown): Tensor[] {
  if (output instanceof Tensor) return [output];
  return Array.isArray(output) ? output.flatMap(tensorsIn) : [];
}

function sizeOfAll(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, x) => sum + x.numel(), 0);
}

/** Spells a number with thousands apart: `804,096`. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function tableOf({ rows, parameters, trainable, multiplyAdds }: Omit<Summary, "toString">): string {
  const cells = rows.map((row) => [
    "  ".repeat(row.depth) + (row.name === "" ? row.type : `${lastOf(row.name)}: ${row.type}`),
    row.outputShapes.map(showShape).join(" ") || "–",
    row.parameters === 0 ? "–" : grouped(row.parameters),
    row.multiplyAdds === 0 ? "–" : grouped(row.multiplyAdds),
  ]);
  const lines = [["Layer", "Output shape", "Parameters", "Multiply–adds"], ...cells];
  const widths = lines[0]!.map((_, c) => Math.max(...lines.map((line) => line[c]!.length)));
  const spelled = lines.map((line) =>
    line
      .map((cell, c) => (c < 2 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(widths.reduce((a, b) => a + b, 6));
  const frozen = parameters - trainable;
  const share = frozen === 0 ? "" : ` (${grouped(frozen)} frozen)`;
  return [
    spelled[0]!,
    rule,
    ...spelled.slice(1),
    rule,
    `Parameters: ${grouped(parameters)}${share}   Multiply–adds: ${grouped(multiplyAdds)}`,
  ].join("\n");
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
