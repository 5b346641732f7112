/**
 * Groups: sets of items that become one kernel, and the acyclic graph that they form. A group walks
 * a space; in one with reduced axes, members are "full" (one value per place) or "row" (one per
 * row, that is per place of the axes that stay).
 */
import type { Shape } from "../core/shape.ts";
import type { Item, Operand } from "./items.ts";
import { contiguous } from "./views.ts";

/** What a group's members may be. */
export type GroupKind = "loop" | "contract" | "alone";

/** Whether a member has one value per place of the space, or one per row. */
export type Level = "full" | "row";

/** Items that become one kernel. */
export interface Group {
  readonly kind: GroupKind;
  readonly space: Shape;
  /** The axes that reductions of this group take away; null without reductions. */
  reduced: readonly number[] | null;
  readonly members: Item[];
  readonly levels: Map<Item, Level>;
  /** The buffers that members read from outside. */
  readonly reads: Set<Item>;
  readonly needs: Set<Group>;
  readonly users: Set<Group>;
  /** Larger than the rank of every group that this one needs. */
  rank: number;
  /** How many members are read outside the group, as far as is known. */
  stored: number;
  /** The scalar instructions of its members. */
  cost: number;
}

/** How many groups a search for a cycle visits before it gives up and says there is one. */
const SEARCH_LIMIT = 400;

/** Makes a group without members. */
export function emptyGroup(kind: GroupKind, space: Shape): Group {
  return {
    kind,
    space,
    reduced: null,
    members: [],
    levels: new Map(),
    reads: new Set(),
    needs: new Set(),
    users: new Set(),
    rank: 0,
    stored: 0,
    cost: 0,
  };
}

/** The axes of a group's space that stay when its reductions are done. */
export function rowAxes(group: Group): number[] {
  const gone = group.reduced ?? [];
  return group.space.map((_, axis) => axis).filter((axis) => !gone.includes(axis));
}

/** The shape of the values at row level. */
export function rowShape(group: Group): number[] {
  return rowAxes(group).map((axis) => group.space[axis]!);
}

/** Notes that `group` needs `other` before it. */
export function addNeed(group: Group, other: Group): void {
  if (group === other || group.needs.has(other)) return;
  group.needs.add(other);
  other.users.add(group);
  raise(group, other.rank + 1);
}

/** Raises a group's rank to at least `rank`, and those of its users above it. */
function raise(group: Group, rank: number): void {
  if (group.rank >= rank) return;
  group.rank = rank;
  const stack = [group];
  while (stack.length > 0) {
    const next = stack.pop()!;
    for (const user of next.users) {
      if (user.rank > next.rank) continue;
      user.rank = next.rank + 1;
      stack.push(user);
    }
  }
}

/**
 * Returns whether `parts` and one more item that needs `needs` can be one group: none of them may
 * be reached from another one through groups outside.
 */
export function joinable(parts: readonly Group[], needs: Iterable<Group>): boolean {
  const low = Math.min(...parts.map((part) => part.rank));
  const stack: Group[] = [];
  const seen = new Set<Group>(parts);
  const push = (group: Group): void => {
    if (seen.has(group) || group.rank <= low) return;
    seen.add(group);
    stack.push(group);
  };
  for (const part of parts) for (const need of part.needs) push(need);
  for (const need of needs) push(need);
  let visits = 0;
  while (stack.length > 0) {
    const group = stack.pop()!;
    if (++visits > SEARCH_LIMIT) return false;
    for (const need of group.needs) {
      if (parts.includes(need)) return false;
      push(need);
    }
  }
  return true;
}

/** Moves all of `from` into `into`, at `level`; `from` is empty afterwards. */
export function absorb(into: Group, from: Group, level: Level): void {
  for (const item of from.members) {
    into.members.push(item);
    into.levels.set(item, level === "row" ? "row" : from.levels.get(item)!);
  }
  for (const read of from.reads) into.reads.add(read);
  into.stored += from.stored;
  into.cost += from.cost;
  for (const need of from.needs) {
    need.users.delete(from);
    addNeed(into, need);
  }
  for (const user of from.users) {
    user.needs.delete(from);
    addNeed(user, into);
  }
  from.members.length = 0;
  from.needs.clear();
  from.users.clear();
}

/** The items with a buffer that an item reads, also through inline ones. Each once. */
export function readsOf(item: Item): Item[] {
  const reads: Item[] = [];
  const add = (base: Item): void => {
    if (!reads.includes(base)) reads.push(base);
  };
  const visit = ({ base, dynamic }: Operand): void => {
    for (const { source } of dynamic) add(source);
    if (base.inline) base.operands.forEach(visit);
    else add(base);
  };
  item.operands.forEach(visit);
  if (item.work.kind === "update") for (const { source } of item.work.target.dynamic) add(source);
  return reads;
}

/** Groups that cannot be absorbed come first as hosts. */
export function hostOrder(group: Group): number {
  return group.kind === "contract" ? 2 : group.reduced === null ? 0 : 1;
}

/** The strides, over a group's space, of a value at row level. */
export function rowStrides(group: Group): number[] {
  const strides = new Array<number>(group.space.length).fill(0);
  const rows = contiguous(rowShape(group));
  rowAxes(group).forEach((axis, i) => (strides[axis] = rows[i]!));
  return strides;
}

/** Whether the axes are the last ones, those of extent 1 aside. */
export function trailing(shape: Shape, axes: readonly number[]): boolean {
  let gone = true;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    const reduced = axes.includes(axis);
    if (reduced && !gone) return false;
    gone = reduced;
  }
  return true;
}
