/**
 * Where a value's numbers are: in a host array, in device memory, or in both. A storage's numbers
 * never change, but for one that a single cell holds: a program may then update it in place.
 */
import type { DType, TypedArray } from "../core/dtype.ts";
import { bytesOf } from "../core/dtype.ts";

/** The device memory that holds a storage's numbers. */
export interface StorageHome {
  /** Copies the numbers out. */
  read(storage: Storage): TypedArray;
  /** Gives the device copy up without writing it back. */
  drop(storage: Storage): void;
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
  /** How many recorded calls keep it for their gradient at present. */
  pins = 0;
  /** The run that used it last (least recently used leaves the device first). */
  lastUse = 0;
  /** What it counts in its memory's cache: the device copy, and the host copy it came with. */
  cost = 0;
  /** The last run that was given it twice. */
  doubledIn = 0;
  /** Counts updates in place. */
  version = 0;
  /** Its place in the list of its memory. */
  index = -1;

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

  /** Returns a storage that no one else writes to: this one, unless it is shared. */
  own(): Storage {
    return this.shared ? new Storage(this.dtype, this.length, this.host!.slice()) : this;
  }

  /** Returns the numbers: the host copy, or else one made for the caller. Not to be written to. */
  read(): TypedArray {
    return this.host ?? this.memory!.read(this);
  }
}
