/**
 * TensorBoard's event files: each event a protocol buffer (`tensorflow.Event`) in a record with
 * masked CRC-32C sums of its length and of its bytes.
 */
import { host } from "#host";
import { crc32c } from "../io/crc32.ts";
import type { TrainEvent } from "./events.ts";
import type { LogOptions } from "./log.ts";
import { Log } from "./log.ts";
import { scalarsOf } from "./scalars.ts";

/**
 * Writes losses, rates and metrics where TensorBoard looks: `callbacks: [new
 * TensorBoardLog("runs/one")]`, then `tensorboard --logdir runs`. Each training has a file of its
 * own; of one that goes on TensorBoard shows the steps that it made again by the later file.
 */
export class TensorBoardLog extends Log<Uint8Array> {
  override readonly name: string = "TensorBoardLog";
  readonly folder: string;
  #path = "";

  constructor(folder: string, options: LogOptions = {}) {
    super(options);
    this.folder = folder;
  }

  /** Begins the file, or goes on with it. */
  async onStart(): Promise<void> {
    this.begin();
    await host.makeFolder(this.folder);
    const seconds = Math.floor(Date.now() / 1000);
    let count = 0;
    const name = (): string => `${this.folder}/events.out.tfevents.${seconds}.nabla.${count}`;
    while (await host.exists(name())) count++;
    this.#path = name();
    const version = new TextEncoder().encode("brain.Event:2");
    await this.add(recordOf([...double(1, Date.now() / 1000), ...bytes(3, version)]));
    await this.write();
  }

  /** Writes what is left. */
  async onEnd(): Promise<void> {
    await this.write();
  }

  /** Writes what is left, before the error is thrown. */
  async onError(): Promise<void> {
    await this.write();
  }

  protected override entryOf(event: TrainEvent): Uint8Array {
    return encodeScalars(Date.now() / 1000, event.step, scalarsOf(event));
  }

  protected override async append(records: readonly Uint8Array[]): Promise<void> {
    const all = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const record of records) {
      all.set(record, at);
      at += record.length;
    }
    await host.append(this.#path, all);
  }
}

/** Encodes scalars of a step as one record of an event file. */
export function encodeScalars(
  wallTime: number,
  step: number,
  values: readonly (readonly [tag: string, value: number])[],
): Uint8Array {
  const summary = values.flatMap(([tag, value]) => {
    return bytes(1, [...bytes(1, new TextEncoder().encode(tag)), ...float(2, value)]);
  });
  return recordOf([...double(1, wallTime), ...field(2, 0), ...varint(step), ...bytes(5, summary)]);
}

/** Frames an event: length, its sum, the event, its sum, all little-endian. */
function recordOf(event: readonly number[]): Uint8Array {
  const record = new Uint8Array(16 + event.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(event.length), true);
  view.setUint32(8, masked(record.subarray(0, 8)), true);
  record.set(event, 12);
  view.setUint32(12 + event.length, masked(record.subarray(12, 12 + event.length)), true);
  return record;
}

/** The sum as it is stored: rotated, and shifted by a constant. */
function masked(data: Uint8Array): number {
  const sum = crc32c(data);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}

/** A field's number and its wire type: 0 varint, 1 eight bytes, 2 counted bytes, 5 four bytes. */
function field(number: number, type: number): number[] {
  return varint(number * 8 + type);
}

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
  return [...out, rest];
}

function bytes(number: number, value: ArrayLike<number>): number[] {
  return [...field(number, 2), ...varint(value.length), ...Array.from(value)];
}

function double(number: number, value: number): number[] {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setFloat64(0, value, true);
  return [...field(number, 1), ...data];
}

function float(number: number, value: number): number[] {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setFloat32(0, value, true);
  return [...field(number, 5), ...data];
}
