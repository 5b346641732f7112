/**
 * Pass 3: writes each group as kernels. Dims are the axes as they are, outer ones first; each group
 * of neighbouring reduced axes is one inner dim, because the order of a reduction depends on it.
 */
import { sizeOf, type Shape } from "../core/shape.ts";
import type { Graph } from "../ir/node.ts";
import type { Fused } from "./2-fuse.ts";
import type { Reach } from "./body.ts";
import { BodyBuilder, reach } from "./body.ts";
import { convolutionParts } from "./brought.ts";
import type { Group, Level } from "./groups.ts";
import { rowAxes, rowShape } from "./groups.ts";
import type { Item, Operand } from "./items.ts";
import { whole } from "./items.ts";
import type { Plan, Stage } from "./kernel.ts";
import { concat, contract, cumulate, scatter, sort, update } from "./lower.ts";
import { scan } from "./lower-scan.ts";
import type { Step, Store } from "./step.ts";
import { originOf } from "./step.ts";
import { contiguous, neighbours, restride } from "./views.ts";

/**
 * Writes groups as kernels; the list holds the steps of each group. `compile` makes plans of nested
 * graphs.
 */
export function lower(fused: Fused, compile: (graph: Graph) => Plan): Step[][] {
  return fused.groups.map((group) => steps(group, fused.stored, compile));
}

function steps(group: Group, stored: ReadonlySet<Item>, compile: (graph: Graph) => Plan): Step[] {
  if (group.kind === "loop") return [loop(group, stored)];
  if (group.kind === "contract") {
    const head = group.members.find(({ work }) => work.kind === "conv");
    if (head === undefined) return [contract(group, stored)];
    return convolutionParts().lower(group, head, stored);
  }
  const item = group.members[0]!;
  switch (item.work.kind) {
    case "cumulate":
      return [cumulate(item, item.work.attrs)];
    case "sort":
      return [sort(item, item.work.descending)];
    case "concat":
      return concat(item, item.work.shapes, item.work.offsets);
    case "update":
      return update(item);
    case "scatter":
      return scatter(item);
    case "scan":
      return scan(item, item.work.attrs, item.work.parts, compile(item.work.attrs.body));
    default:
      throw new Error(`${item.work.kind} items do not stand alone`);
  }
}

// ── loops ────────────────────────────────────────────────────────────────────────────────────────

/** The dims of a loop kernel, and how strides over a group's space become strides over them. */
interface Dims {
  readonly outer: number[];
  readonly inner: number[];
  readonly full: (strides: readonly number[]) => number[];
  readonly row: (strides: readonly number[]) => number[];
}

function dimsOf(group: Group): Dims {
  const { space, reduced } = group;
  if (reduced === null) {
    return { outer: [...space], inner: [], full: (s) => [...s], row: (s) => [...s] };
  }
  const kept = rowAxes(group);
  const runs = neighbours(reduced);
  const inner = runs.map(([first, last]) => sizeOf(space.slice(first, last + 1)));
  if (inner.length === 0) inner.push(1); // a reduction over no axes combines one element
  const stride = (s: readonly number[], [first, last]: readonly [number, number]): number => {
    for (let axis = last; axis >= first; axis--) if (space[axis] !== 1) return s[axis]!;
    return 0;
  };
  const none = inner.map(() => 0);
  return {
    outer: kept.map((axis) => space[axis]!),
    inner,
    full: (s) => [
      ...kept.map((axis) => s[axis]!),
      ...(runs.length === 0 ? none : runs.map((run) => stride(s, run))),
    ],
    row: (s) => [...s, ...none],
  };
}

function loop(group: Group, stored: ReadonlySet<Item>): Step {
  const writer = new LoopWriter(group, stored);
  for (const item of group.members) writer.add(item);
  return writer.finish();
}

/** Writes the members of a group one after another. */
class LoopWriter {
  readonly #body = new BodyBuilder();
  readonly #values = new Map<Item, number>();
  readonly #reduces: Stage[] = [];
  readonly #stores: Store[] = [];
  readonly #dims: Dims;
  readonly #group: Group;
  readonly #stored: ReadonlySet<Item>;

  constructor(group: Group, stored: ReadonlySet<Item>) {
    this.#group = group;
    this.#stored = stored;
    this.#dims = dimsOf(group);
  }

  add(item: Item): void {
    const level = this.#group.levels.get(item)!;
    const value = this.#compute(item, level);
    this.#values.set(item, value);
    if (!this.#stored.has(item)) return;
    const { space, reduced } = this.#group;
    const strides =
      level === "row"
        ? this.#dims.row(contiguous(rowShape(this.#group)))
        : this.#dims.full(contiguous(space));
    const access = this.#body.target({ ...whole(item), strides });
    const inner = level === "full" && reduced !== null;
    this.#stores.push({ kind: "store", inner, value, access });
  }

  #compute(item: Item, level: Level): number {
    const { work } = item;
    if (work.kind === "reduce") {
      const value = this.#load(item.operands[0]!, work.shape, "full");
      const { dtype } = item.type;
      this.#reduces.push({ kind: "reduce", combine: work.combine, value, dtype });
      return this.#body.reduced(this.#reduces.length - 1, dtype);
    }
    const { shape } = item.type;
    return this.#body.item(item, {
      load: (operand) => this.#load(operand, shape, level),
      reach: (operand) => this.#reach(operand, shape, level),
    });
  }

  #load(operand: Operand, shape: Shape, level: Level): number {
    const own = this.#values.get(operand.base);
    return own ?? this.#body.load(this.#reach(operand, shape, level));
  }

  #reach(operand: Operand, shape: Shape, level: Level): Reach {
    const rows = level === "row";
    const space = rows ? rowShape(this.#group) : this.#group.space;
    const strides = restride(operand.strides, shape, space)!;
    return reach(operand, rows ? this.#dims.row(strides) : this.#dims.full(strides));
  }

  finish(): Step {
    const { outer, inner } = this.#dims;
    const stages = [
      ...this.#reduces,
      ...this.#stores.filter((store) => store.inner),
      ...this.#stores.filter((store) => !store.inner),
    ];
    const rowwise = this.#stores.some((store) => store.inner);
    const kind = this.#group.reduced === null ? "map" : rowwise ? "rowwise" : "reduce";
    const body = this.#body;
    const kernel = { kind, params: body.params(), outer, inner, body: body.steps, stages } as const;
    return { kernel, args: body.args, origin: originOf(this.#group.members) };
  }
}
