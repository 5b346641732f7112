/** Places in one block of memory for buffers that live from one call to another. */

/** A buffer that is needed from call `first` to call `last`, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Where each buffer lies, and how large the block must be. */
export interface Placement {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/**
 * Gives each buffer the lowest place that is free while it lives, the largest buffers first;
 * buffers that never live at the same time share memory.
 */
export function arrange(lives: readonly Lifetime[], alignment: number): Placement {
  const order = lives.map((_, i) => i).sort((i, j) => lives[j]!.bytes - lives[i]!.bytes || i - j);
  const offsets = new Array<number>(lives.length).fill(0);
  const placed: number[] = []; // by offset
  let bytes = 0;
  for (const i of order) {
    const { bytes: size, first, last } = lives[i]!;
    let offset = 0;
    for (const j of placed) {
      const other = lives[j]!;
      if (other.last < first || other.first > last) continue;
      if (offset + size <= offsets[j]!) break;
      offset = Math.max(offset, alignUp(offsets[j]! + other.bytes, alignment));
    }
    offsets[i] = offset;
    bytes = Math.max(bytes, alignUp(offset + size, alignment));
    insert(placed, i, offsets);
  }
  return { offsets, bytes };
}

function insert(placed: number[], i: number, offsets: readonly number[]): void {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[placed[middle]!]! <= offsets[i]!) low = middle + 1;
    else high = middle;
  }
  placed.splice(low, 0, i);
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
