/**
 * Where a value's numbers are: in a host array, in device memory, or in both. A storage's numbers
 * never change, but for one that a single cell holds: a program may then update it in place.
 */
import type { Failure } from "../backend/backend.ts";
import type { DType, TypedArray } from "../core/dtype.ts";
import { bytesOf } from "../core/dtype.ts";
import type { NablaError } from "../core/errors.ts";

/** The device memory that holds a storage's numbers. */
export interface StorageHome {
  /** Null where the host reads at once. */
  readonly late: LateQueue | null;
  /** Copies the numbers out; throws where the host cannot read at once. */
  read(storage: Storage): TypedArray;
  /** The numbers as soon as they are there: a promise only where the device answers later. */
  fetch(storage: Storage): TypedArray | Promise<TypedArray>;
  /** Gives the device copy up without writing it back. */
  drop(storage: Storage): void;
}

/** A run of a program on a device that answers later, until its outcome is known. */
export interface LateRun {
  /** Why its results do not exist, if they do not. */
  readonly error: NablaError | null;
  /** Says that the run replaced a cell's numbers: `undo` puts the old ones back if it fails. */
  replaced(old: Storage | null, undo: () => void): void;
}

/** What a device owes that answers later. */
export interface LateQueue {
  /** The last run that was queued, until its outcome is known. */
  readonly pending: LateRun | null;
  /** Throws for a value that does not exist, because the run that should have made it failed. */
  check(inputs: readonly Storage[]): void;
  /** Notes a run that was queued; `spell` gives the error that it would have thrown. */
  ran(results: readonly Storage[], spell: (failure: Failure) => NablaError): void;
  /** Waits for all runs so far; throws the first failure that nobody has heard of. */
  settle(): Promise<void>;
  /** Looks at a value when it is there; what `look` returns is thrown at the next `await`. */
  inspect(storage: Storage, look: (data: TypedArray) => NablaError | null): void;
}

/** The numbers of one tensor. */
export class Storage {
  readonly dtype: DType;
  readonly length: number;
  readonly bytes: number;
  /** The host copy, if there is one. */
  host: TypedArray | null;
  /** The device copy: its memory and address, or null and 0. */
  memory: StorageHome | null = null;
  address = 0;
  /** Whether someone besides one cell may see it for ever: then it is never updated in place. */
  exposed = false;
  /** Whether the host copy is an array that its owner may write to: it is uploaded at each use. */
  shared = false;
  /** Whether the engine alone holds it: it leaves the device as soon as it was used. */
  inner = false;
  /** How many recorded calls keep it for their gradient at present. */
  pins = 0;
  /** The run that used it last (least recently used leaves the device first). */
  lastUse = 0;
  /** Whether it had to leave the device to make room. */
  left = false;
  /** What it counts in its memory's cache: the device copy, and the host copy it came with. */
  cost = 0;
  /** The last run that was given it twice. */
  doubledIn = 0;
  /** Counts updates in place. */
  version = 0;
  /** Its place in the list of its memory. */
  index = -1;
  /** On a device that answers later: the run that makes it, while it is not known to be done. */
  run: LateRun | null = null;

  constructor(dtype: DType, length: number, host: TypedArray | null) {
    this.dtype = dtype;
    this.length = length;
    this.bytes = length * bytesOf(dtype);
    this.host = host;
  }

  /** Says that the host copy belongs to somebody else, who may write to it. */
  share(): void {
    this.shared = this.exposed = true;
  }

  /** Gives it up where the engine alone holds it, and no recorded call; it is not read again. */
  leave(): void {
    if (this.inner && this.pins === 0 && this.memory?.late === null) this.memory.drop(this);
  }

  /** Returns a storage that no one else writes to: this one, unless it is shared. */
  own(): Storage {
    return this.shared ? new Storage(this.dtype, this.length, this.host!.slice()) : this;
  }

  /** Returns the numbers: the host copy, or else one made for the caller. Not to be written to. */
  read(): TypedArray {
    return this.host ?? this.memory!.read(this);
  }
}
