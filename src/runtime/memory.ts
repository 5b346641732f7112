/**
 * The bounded cache of values in one device's memory. The least recently used leaves first; what
 * has no host copy is written back as it leaves, so that nobody needs to free anything. A host copy
 * that a value came with counts too: the cache keeps it alive.
 */
import type { Backend, LateBackend } from "../backend/backend.ts";
import type { TypedArray } from "../core/dtype.ts";
import { MemoryError } from "../core/errors.ts";
import type { LateQueue, Storage, StorageHome } from "./storage.ts";

/** How much the cache may hold at most. */
const DEFAULT_BUDGET = { bytes: 512 * 1024 * 1024, entries: 16384 };

/** How much it holds at first before values leave it: more where they are wanted back. */
const FIRST_BYTES = 64 * 1024 * 1024;

/** The device copies of storages, by least recent use. */
export abstract class DeviceMemory implements StorageHome {
  abstract readonly backend: Backend | LateBackend;
  /** Null where the host reads at once. */
  readonly late: LateQueue | null = null;
  budget = { ...DEFAULT_BUDGET };
  protected readonly entries: Storage[] = [];
  protected bytes = 0;
  protected clock = 0;
  /** How much it holds before values leave it. */
  #enough = FIRST_BYTES;

  /** Starts a run: what is used from here on stays until the next. */
  tick(): number {
    return ++this.clock;
  }

  /** Says what the cache holds. */
  usage(): { bytes: number; entries: number } {
    return { bytes: this.bytes, entries: this.entries.length };
  }

  /** Returns the address of a storage's device copy, uploading it first if there is none. */
  resident(storage: Storage): number {
    if (storage.memory !== this) {
      storage.host ??= storage.memory!.read(storage); // it lived on another device
      storage.memory?.drop(storage);
      // what left too early is the sign of work that needs more
      if (storage.left) this.#enough = Math.min(1.5 * this.#enough, this.budget.bytes);
      this.reserve(storage);
      this.backend.write(storage.address, storage.host!);
    } else if (storage.shared) {
      this.backend.write(storage.address, storage.host!);
    }
    return storage.address;
  }

  /** Reserves device memory for a storage whose numbers a program will write. */
  reserve(storage: Storage): void {
    this.makeRoom(storage.bytes);
    storage.address = this.#allocate(storage.bytes);
    storage.memory = this;
    storage.lastUse = this.clock;
    storage.index = this.entries.length;
    this.entries.push(storage);
    storage.cost = storage.host === null ? storage.bytes : 2 * storage.bytes;
    this.bytes += storage.cost;
  }

  /** Copies out as many elements as `target` has, where the host reads at once. */
  abstract readInto(address: number, target: TypedArray): void;

  abstract read(storage: Storage): TypedArray;

  abstract fetch(storage: Storage): TypedArray | Promise<TypedArray>;

  /** Gives a device copy up without writing it back. */
  drop(storage: Storage): void {
    this.backend.free(storage.address);
    const last = this.entries.pop()!;
    if (last !== storage) {
      this.entries[storage.index] = last;
      last.index = storage.index;
    }
    this.bytes -= storage.cost;
    storage.memory = null;
    storage.address = 0;
    storage.index = -1;
  }

  #allocate(bytes: number): number {
    try {
      return this.backend.alloc(bytes);
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      this.evict(Number.POSITIVE_INFINITY); // all that this run does not use
      return this.backend.alloc(bytes);
    }
  }

  protected makeRoom(bytes: number): void {
    const { budget } = this;
    if (this.entries.length >= budget.entries) this.evict(0);
    const most = Math.min(this.#enough, budget.bytes);
    if (this.bytes + bytes > most) this.evict(this.bytes + bytes - most);
  }

  /** What the present run does not use, least recently used first; at last what gradients need. */
  protected oldest(): Storage[] {
    const oldest = this.entries.filter((s) => s.lastUse < this.clock);
    const kept = (s: Storage): number => (s.pins > 0 ? 1 : 0);
    return oldest.sort((a, b) => kept(a) - kept(b) || a.lastUse - b.lastUse);
  }

  /** Lets the oldest go: an eighth of the entries, and on until `wanted` bytes are free. */
  protected abstract evict(wanted: number): void;
}

/** Memory that the host reads at once. */
export class PromptMemory extends DeviceMemory {
  readonly backend: Backend;

  constructor(backend: Backend) {
    super();
    this.backend = backend;
  }

  readInto(address: number, target: TypedArray): void {
    this.backend.readInto(address, target);
  }

  read(storage: Storage): TypedArray {
    return this.backend.read(storage.address, storage.dtype, storage.length);
  }

  fetch(storage: Storage): TypedArray {
    return storage.read();
  }

  protected evict(wanted: number): void {
    const oldest = this.oldest();
    const least = Math.ceil(oldest.length / 8);
    let freed = 0;
    for (let i = 0; i < oldest.length && (i < least || freed < wanted); i++) {
      const storage = oldest[i]!;
      storage.host ??= this.read(storage);
      freed += storage.cost;
      storage.left = true;
      this.drop(storage);
    }
  }
}
