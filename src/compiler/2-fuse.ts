/**
 * Pass 2: decides which items share a kernel. Items are taken in order; one that works element by
 * element joins the groups of what it reads where it finds those elements at its own place, and a
 * reduction joins the group that computes what it reduces.
 */
import type { Shape } from "../core/shape.ts";
import { sizeOf } from "../core/shape.ts";
import type { Graph } from "../ir/node.ts";
import { costOf, distinctOf } from "../ir/scalar.ts";
import type { Group, Level } from "./groups.ts";
import {
  absorb,
  addNeed,
  emptyGroup,
  hostOrder,
  joinable,
  readsOf,
  rowShape,
  rowStrides,
  trailing,
} from "./groups.ts";
import type { Item, Items, Operand } from "./items.ts";
import { isWhole, itemsOf } from "./items.ts";
import type { Limits } from "./limits.ts";
import { contiguous, neighbours, oneRun, restride, sameStrides } from "./views.ts";

/** The work of a graph, and the kernels that it is divided into. */
export interface Fused {
  readonly items: Items;
  /** In an order in which each group comes after those it needs. */
  readonly groups: readonly Group[];
  /** The items that have a buffer. */
  readonly stored: ReadonlySet<Item>;
}

/**
 * Up to this many elements, a kernel that walks along an outer axis costs less than a second
 * kernel.
 */
const SMALL = 16384;

/** Items of fewer instructions than this are moved to where they are needed. */
const SINK_COST = 8;

/**
 * A kernel grows up to this many instructions: emitters follow a chain of them by recursion, and
 * some of their loops over a body are quadratic.
 */
const MOST_COST = 1024;

/** Divides a graph into groups of items, one kernel each (some kinds take two). */
export function fuse(graph: Graph, limits: Limits): Fused {
  return new Fuser(itemsOf(graph), limits).run();
}

/** The state of the pass: the group of each item so far. */
class Fuser {
  readonly #groupOf = new Map<Item, Group>();
  readonly #groups = new Set<Group>();
  /** How many uses of each item are not yet known to be in its own group. */
  readonly #openUses = new Map<Item, number>();
  readonly #users = new Map<Item, Item[]>();
  readonly #costs = new Map<Item, number>();
  readonly #items: Items;
  readonly #limits: Limits;

  constructor(items: Items, limits: Limits) {
    this.#items = items;
    this.#limits = limits;
  }

  run(): Fused {
    const { items, outputs } = this.#items;
    for (const item of items) this.#countUses(item);
    for (const item of outputs) this.#openUses.set(item, (this.#openUses.get(item) ?? 0) + 1);
    for (const item of items) if (item.type.size > 0) this.#place(item);
    for (let at = items.length - 1; at >= 0; at--) this.#sink(items[at]!);
    const groups = [...this.#groups].filter((group) => group.members.length > 0);
    groups.sort((a, b) => a.rank - b.rank || a.members[0]!.id - b.members[0]!.id);
    const stored = new Set<Item>();
    for (const group of groups) {
      group.members.sort((a, b) => a.id - b.id);
      for (const item of group.members) if ((this.#openUses.get(item) ?? 0) > 0) stored.add(item);
    }
    return { items: this.#items, groups, stored };
  }

  #countUses(item: Item): void {
    for (const base of readsOf(item)) {
      this.#openUses.set(base, (this.#openUses.get(base) ?? 0) + 1);
      const users = this.#users.get(base);
      if (users === undefined) this.#users.set(base, [item]);
      else users.push(item);
    }
  }

  #place(item: Item): void {
    switch (item.work.kind) {
      case "map":
      case "copy":
      case "gather":
        return this.#placeMap(item);
      case "reduce":
        return this.#placeReduce(item);
      case "contract":
      case "conv":
        return this.#add(this.#start("contract", item.type.shape), item, "full");
      case "part":
        return this.#add(this.#groupOf.get(item.work.of)!, item, "full");
      default:
        return this.#add(this.#start("alone", item.type.shape), item, "full");
    }
  }

  #start(kind: Group["kind"], space: Shape): Group {
    const group = emptyGroup(kind, space);
    this.#groups.add(group);
    return group;
  }

  #add(group: Group, item: Item, level: Level): void {
    group.members.push(item);
    group.levels.set(item, level);
    group.cost += this.#costOf(item);
    this.#groupOf.set(item, group);
    if ((this.#openUses.get(item) ?? 0) > 0) group.stored++;
    for (const base of readsOf(item)) {
      const other = this.#groupOf.get(base);
      if (other === group) this.#closeUse(base);
      else group.reads.add(base);
      if (other !== undefined) addNeed(group, other);
    }
  }

  #closeUse(base: Item): void {
    const left = this.#openUses.get(base)! - 1;
    this.#openUses.set(base, left);
    if (left === 0) this.#groupOf.get(base)!.stored--;
  }

  // ── items that work element by element ─────────────────────────────────────────────────────────

  #placeMap(item: Item): void {
    const bases = readsOf(item);
    const levels = new Map<Group, Level>();
    const needs = this.#needsOf(bases);
    for (const group of new Set(needs)) {
      const level = this.#levelIn(item, group);
      if (level !== null) levels.set(group, level);
    }
    const hosts = [...levels.keys()];
    hosts.sort((a, b) => hostOrder(b) - hostOrder(a) || b.rank - a.rank);
    for (const host of hosts) {
      if (!this.#fits([host], bases, [item]) || !joinable([host], needs)) continue;
      const level = levels.get(host)!;
      for (const other of hosts) if (other !== host) this.#tryAbsorb(host, other, level, item);
      return this.#add(host, item, level);
    }
    this.#add(this.#start("loop", item.type.shape), item, "full");
  }

  #needsOf(bases: readonly Item[]): Group[] {
    const needs: Group[] = [];
    for (const base of bases) {
      const group = this.#groupOf.get(base);
      if (group !== undefined) needs.push(group);
    }
    return needs;
  }

  /** Makes `other` part of `host`, where both can be walked together. */
  #tryAbsorb(host: Group, other: Group, level: Level, item: Item): void {
    const bases = readsOf(item);
    if (other.members.length === 0 || host.needs.has(other) || other.needs.has(host)) return;
    if (!this.#sameWalk(host, other, level)) return;
    if (!this.#fits([host, other], bases, [item])) return;
    if (!joinable([host, other], this.#needsOf(bases))) return;
    for (const member of other.members) this.#groupOf.set(member, host);
    absorb(host, other, other.reduced === null ? level : "full");
    this.#groups.delete(other);
  }

  #sameWalk(host: Group, other: Group, level: Level): boolean {
    if (other.kind !== "loop") return false;
    if (other.reduced !== null) {
      return (
        host.reduced !== null &&
        sameStrides(host.space, other.space) &&
        sameStrides(host.reduced, other.reduced)
      );
    }
    if (!sameStrides(level === "row" ? rowShape(host) : host.space, other.space)) return false;
    return level === "row" || host.reduced === null || this.#walks(other, host.reduced);
  }

  /**
   * Whether all that a group reads lets `axes` be reduced: neighbours must be walked as one axis.
   */
  #walks(group: Group, axes: readonly number[]): boolean {
    const groups = neighbours(axes).filter(([first, last]) => last > first);
    if (groups.length === 0) return true;
    return group.members.every((item) =>
      item.operands.every((operand) => {
        if (this.#groupOf.get(operand.base) === group) return true;
        const strides = restride(operand.strides, item.type.shape, group.space);
        return strides !== null && groups.every(([a, b]) => oneRun(strides, group.space, a, b));
      }),
    );
  }

  /** Whether groups and more items, which read `bases`, are small enough for one kernel. */
  #fits(parts: readonly Group[], bases: readonly Item[], more: readonly Item[]): boolean {
    let cost = 0;
    for (const item of more) cost += this.#costOf(item);
    for (const part of parts) cost += part.cost;
    if (cost > MOST_COST) return false;
    if (this.#limits.bindings === Infinity) return true;
    const reads = new Set(bases);
    let stored = 1;
    for (const part of parts) {
      stored += part.stored;
      for (const read of part.reads) reads.add(read);
    }
    return reads.size + stored <= this.#limits.bindings;
  }

  /** How many instructions an item adds to a kernel. */
  #costOf(item: Item): number {
    if (item.work.kind !== "map") return 1;
    let cost = this.#costs.get(item);
    if (cost === undefined) {
      cost = distinctOf(item.work.scalar);
      this.#costs.set(item, cost);
    }
    return cost;
  }

  /** The level at which an item can join a group, if any. */
  #levelIn(item: Item, group: Group): Level | null {
    if (group.kind === "alone") return null;
    if (group.reduced !== null && this.#readsRows(item, group)) {
      if (this.#canBe("row", item, group)) return "row";
    }
    return this.#canBe("full", item, group) ? "full" : null;
  }

  #readsRows(item: Item, group: Group): boolean {
    return item.operands.some(
      ({ base }) => this.#groupOf.get(base) === group && group.levels.get(base) === "row",
    );
  }

  #canBe(level: Level, item: Item, group: Group): boolean {
    const rows = group.reduced === null ? group.space : rowShape(group);
    const space = level === "row" ? rows : group.space;
    if (item.type.size !== sizeOf(space)) return false;
    const runs = level === "full" ? neighbours(group.reduced ?? []) : [];
    for (const operand of item.operands) {
      const strides = restride(operand.strides, item.type.shape, space);
      if (strides === null) return false;
      // a run-time start is read from a buffer, so it cannot come from the same kernel
      if (operand.dynamic.some(({ source }) => this.#groupOf.get(source) === group)) return false;
      if (this.#groupOf.get(operand.base) === group) {
        if (!this.#meets(operand, strides, level, item, group)) return false;
      } else if (!runs.every(([a, b]) => oneRun(strides, space, a, b))) return false;
    }
    return true;
  }

  /** Whether an operand that the group computes is there, at the item's own place. */
  #meets(
    operand: Operand,
    strides: readonly number[],
    level: Level,
    item: Item,
    group: Group,
  ): boolean {
    if (operand.offset !== 0 || operand.dynamic.length > 0) return false;
    if (item.work.kind === "gather" && item.operands[0] === operand) return false;
    const from = group.levels.get(operand.base)!;
    if (from === level) {
      return sameStrides(strides, contiguous(level === "row" ? rowShape(group) : group.space));
    }
    if (from === "full") return false;
    if (!trailing(group.space, group.reduced!) && sizeOf(group.space) > SMALL) return false;
    return sameStrides(strides, rowStrides(group));
  }

  // ── items that only another kernel needs ───────────────────────────────────────────────────────

  /**
   * Moves an item, and those that only it reads, to the one group that needs it, where what they
   * read is stored anyway: 1 − tanh² is made where a gradient needs it, not kept beside tanh.
   */
  #sink(item: Item): void {
    const from = this.#groupOf.get(item);
    const users = this.#users.get(item) ?? [];
    const to = users[0] && this.#groupOf.get(users[0]);
    if (from === undefined || to === undefined || to === from || to.kind === "alone") return;
    if (!users.every((user) => this.#groupOf.get(user) === to)) return;
    const chain = this.#chainOf(item, from);
    if (chain === null || chain.length === from.members.length) return;
    const bases = new Set(chain.flatMap(readsOf).filter((base) => !chain.includes(base)));
    const added = [...bases].filter((base) => !to.reads.has(base));
    if (added.length > 1 || !this.#fits([to], [...bases], chain)) return;
    if (this.#canMove(chain, users, from, to)) this.#move(chain, bases, from, to);
  }

  /**
   * The item and what is computed for it alone; null where that is much, or needs what is not
   * stored.
   */
  #chainOf(item: Item, from: Group): Item[] | null {
    const chain = [item];
    let cost = 0;
    for (const next of chain) {
      if (next.output >= 0 || next.work.kind !== "map") return null;
      cost += costOf(next.work.scalar, SINK_COST);
      if (cost >= SINK_COST) return null;
      for (const base of readsOf(next)) {
        if (chain.includes(base) || base.work.kind === "input") continue;
        if (this.#openUses.get(base)! > 0) continue;
        const alone = this.#users.get(base)!.every((user) => chain.includes(user));
        if (!alone || this.#groupOf.get(base) !== from) return null;
        chain.push(base);
      }
    }
    return chain;
  }

  /** Tries items as full members of another group; puts them back where that does not do. */
  #canMove(chain: readonly Item[], users: readonly Item[], from: Group, to: Group): boolean {
    for (const item of chain) {
      this.#groupOf.set(item, to);
      to.levels.set(item, "full");
    }
    const meets = (user: Item): boolean => {
      const { work } = user;
      if (work.kind === "reduce") {
        return isWhole(user.operands[0]!, to.space) && sameStrides(work.shape, to.space);
      }
      if (isProduct(user) || to.levels.get(user) !== "full") return false;
      return this.#canBe("full", user, to);
    };
    if (chain.every((item) => this.#canBe("full", item, to)) && users.every(meets)) return true;
    for (const item of chain) {
      this.#groupOf.set(item, from);
      to.levels.delete(item);
    }
    return false;
  }

  #move(chain: readonly Item[], bases: ReadonlySet<Item>, from: Group, to: Group): void {
    const rest = from.members.filter((member) => !chain.includes(member));
    from.members.splice(0, from.members.length, ...rest);
    from.stored--;
    for (const item of chain) {
      from.cost -= this.#costOf(item);
      to.cost += this.#costOf(item);
    }
    from.reads.clear();
    for (const base of rest.flatMap(readsOf)) {
      if (this.#groupOf.get(base) !== from) from.reads.add(base);
    }
    for (const item of chain) {
      from.levels.delete(item);
      to.members.push(item);
      to.reads.delete(item);
      this.#openUses.set(item, 0);
    }
    for (const base of bases) {
      to.reads.add(base);
      const group = this.#groupOf.get(base);
      if (group === undefined) continue;
      addNeed(to, group);
      if (group !== from) continue;
      const uses = chain.filter((item) => readsOf(item).includes(base)).length;
      this.#openUses.set(base, this.#openUses.get(base)! + uses);
    }
  }

  // ── reductions ─────────────────────────────────────────────────────────────────────────────────

  #placeReduce(item: Item): void {
    if (item.work.kind !== "reduce") return;
    const { shape, axes } = item.work;
    const operand = item.operands[0]!;
    const group = this.#groupOf.get(operand.base);
    if (group !== undefined && this.#canReduce(group, item, shape, axes)) {
      group.reduced = axes;
      return this.#add(group, item, "row");
    }
    const own = this.#start("loop", shape);
    own.reduced = axes;
    this.#add(own, item, "row");
  }

  #canReduce(group: Group, item: Item, shape: Shape, axes: readonly number[]): boolean {
    const operand = item.operands[0]!;
    if (group.kind !== "loop" || !sameStrides(group.space, shape)) return false;
    if (group.levels.get(operand.base) !== "full") return false;
    if (operand.offset !== 0 || operand.dynamic.length > 0) return false;
    if (!sameStrides(operand.strides, contiguous(shape))) return false;
    if (group.reduced !== null) return sameStrides(group.reduced, axes);
    if (!this.#fits([group], [operand.base], [item]) || !this.#walks(group, axes)) return false;
    if (trailing(shape, axes) || sizeOf(shape) <= SMALL) return true;
    // what is stored as well is better walked in the order in which it lies
    const alone = this.#openUses.get(operand.base) === 1 ? 1 : 0;
    return group.stored <= alone;
  }
}

/** Whether an item is a sum of products, whose operands are over axes of their own. */
function isProduct({ work }: Item): boolean {
  return work.kind === "contract" || work.kind === "conv";
}
