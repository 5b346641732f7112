/**
 * The kernels of single items: contractions with what follows them, running combinations, scatters,
 * copies, sorts.
 */
import type { Shape } from "../core/shape.ts";
import { typeOf } from "../ir/node.ts";
import type { CumulateAttrs } from "../ir/attrs.ts";
import { identityOf, instructionOf, overflows } from "../ir/combine.ts";
import { BodyBuilder, reach } from "./body.ts";
import type { Group } from "./groups.ts";
import type { Item, Operand } from "./items.ts";
import { whole } from "./items.ts";
import type { Step, Store } from "./step.ts";
import { originOf } from "./step.ts";
import { contiguous, restride } from "./views.ts";

/** Writes a contraction and the members that work on its result. */
export function contract(group: Group, stored: ReadonlySet<Item>): Step {
  const head = group.members.find((item) => item.work.kind === "contract")!;
  const body = new BodyBuilder();
  const [x, w] = head.operands as readonly [Operand, Operand];
  const a = body.access(x);
  const b = body.access(w);
  const values = new Map<Item, number>();
  const stages: Store[] = [];
  for (const item of group.members) {
    const at = (operand: Operand): readonly number[] =>
      restride(operand.strides, item.type.shape, group.space)!;
    const value =
      item === head
        ? body.carry(item.type.dtype)
        : body.item(item, {
            load: (operand) => values.get(operand.base) ?? body.load(reach(operand, at(operand))),
            reach: (operand) => reach(operand, at(operand)),
          });
    values.set(item, value);
    if (!stored.has(item)) continue;
    const access = body.target({ ...whole(item), strides: contiguous(group.space) });
    stages.push({ kind: "store", inner: false, value, access });
  }
  const rank = group.space.length;
  const kernel = {
    kind: "contract",
    params: body.params(),
    dtype: head.type.dtype,
    batch: group.space.slice(0, -2),
    m: group.space[rank - 2]!,
    n: group.space[rank - 1]!,
    k: head.work.kind === "contract" ? head.work.k : 0,
    a,
    b,
    body: body.steps,
    stages,
  } as const;
  return { kernel, args: body.args, origin: originOf(group.members) };
}

/** Moves one axis to the end. */
function last<T>(list: readonly T[], axis: number): T[] {
  return [...list.slice(0, axis), ...list.slice(axis + 1), list[axis]!];
}

/** Writes a running combination; its axis becomes the last dim. */
export function cumulate(item: Item, { combine, axis }: CumulateAttrs): Step {
  const body = new BodyBuilder();
  const { dtype, shape } = item.type;
  const x = item.operands[0]!;
  const value = body.load(reach(x, last(x.strides, axis)));
  const next = body.instruction(instructionOf(combine, dtype), dtype, [body.carry(dtype), value]);
  const access = body.target({ ...whole(item), strides: last(contiguous(shape), axis) });
  const kernel = {
    kind: "cumulate",
    params: body.params(),
    dtype,
    outer: last(shape, axis).slice(0, -1),
    length: shape[axis]!,
    initial: identityOf(combine, dtype),
    body: body.steps,
    next,
    checked: overflows(combine, dtype),
    stages: [{ kind: "store", inner: false, value: next, access }],
  } as const;
  return { kernel, args: body.args, origin: item.origin };
}

/** Writes a map kernel that stores an operand, over `shape`, at a place of an item's buffer. */
export function move(
  item: Item,
  operand: Operand,
  shape: Shape,
  target: Omit<Operand, "base">,
): Step {
  const body = new BodyBuilder();
  const value = body.load(reach(operand, operand.strides));
  const access = body.target({ ...target, base: item });
  const kernel = {
    kind: "map",
    params: body.params(),
    outer: shape,
    inner: [],
    body: body.steps,
    stages: [{ kind: "store", inner: false, value, access }],
  } as const;
  return { kernel, args: body.args, origin: item.origin };
}

/** Writes one kernel for each part of a concatenation. */
export function concat(item: Item, shapes: readonly Shape[], offsets: readonly number[]): Step[] {
  const strides = contiguous(item.type.shape);
  return item.operands.map((operand, i) => {
    const target = { offset: offsets[i]!, strides, dynamic: [] };
    return move(item, operand, shapes[i]!, target);
  });
}

/** Writes the copy of what is replaced in, then the block. */
export function update(item: Item): Step[] {
  const { work } = item;
  if (work.kind !== "update") return [];
  const [x, block] = item.operands as readonly [Operand, Operand];
  const copy = move(item, x, item.type.shape, whole(item));
  return work.shape.includes(0) ? [copy] : [copy, move(item, block, work.shape, work.target)];
}

/** Writes the copy of the initial value, then what is combined into it. */
export function scatter(item: Item): Step[] {
  const { work } = item;
  if (work.kind !== "scatter") return [];
  const [x, index, source] = item.operands as readonly [Operand, Operand, Operand];
  const { axis, shape, combine } = work;
  const copy = move(item, x, item.type.shape, whole(item));
  if (shape.includes(0)) return [copy];
  const body = new BodyBuilder();
  const at = body.load(reach(index, last(index.strides, axis)));
  const value = body.load(reach(source, last(source.strides, axis)));
  const places = contiguous(item.type.shape);
  const strides = last(places, axis);
  strides[strides.length - 1] = 0;
  const target = body.target({ ...whole(item), strides });
  const kernel = {
    kind: "scatter",
    params: body.params(),
    dtype: item.type.dtype,
    combine,
    outer: last(shape, axis).slice(0, -1),
    count: shape[axis]!,
    body: body.steps,
    index: at,
    value,
    target,
    stride: places[axis]!,
    size: item.type.shape[axis]!,
  } as const;
  return [copy, { kernel, args: body.args, origin: item.origin }];
}

/** Writes a sort, with scratch memory for one line. */
export function sort(item: Item, descending: boolean): Step {
  const source = item.operands[0]!.base;
  const length = item.type.shape[item.type.shape.length - 1] ?? 1;
  const scratch: Item = {
    id: -1,
    type: typeOf("int32", [length]),
    origin: item.origin,
    work: { kind: "scratch" },
    operands: [],
    inline: false,
    output: -1,
  };
  const kernel = {
    kind: "sort",
    params: [
      { dtype: source.type.dtype, written: false },
      { dtype: "int32", written: true },
      { dtype: "int32", written: true },
    ],
    dtype: source.type.dtype,
    lines: item.type.size / length,
    length,
    descending,
  } as const;
  return { kernel, args: [source, item, scratch], origin: item.origin };
}
