/**
 * Memory of a device that answers later. Its values are read by `await`; failures are heard of at
 * the next `await`, and with them all that was queued behind the failing run is undone, as if the
 * line that made it had thrown. What has no host copy leaves when the task yields.
 */
import type { Failure, LateBackend, Stop } from "../backend/backend.ts";
import type { TypedArray } from "../core/dtype.ts";
import { MemoryError, NablaError } from "../core/errors.ts";
import { DeviceMemory } from "./memory.ts";
import type { LateQueue, LateRun, Storage } from "./storage.ts";
import { userSite } from "./user-site.ts";

/** How many runs may be queued before their outcome is asked for without being awaited. */
const QUEUED_RUNS = 256;

/** A run whose outcome is not known yet. */
class QueuedRun implements LateRun {
  error: NablaError | null = null;
  readonly results: readonly Storage[];
  /** The results that took the place of an input, and the runs that had made those. */
  readonly #inPlace: readonly (readonly [Storage, LateRun | null])[];
  readonly #spell: (failure: Failure) => NablaError;
  /** Where it was called; its text is made when somebody asks. */
  readonly #call = new Error();
  readonly #old: Storage[] = [];
  readonly #undo: (() => void)[] = [];

  constructor(results: readonly Storage[], spell: (failure: Failure) => NablaError) {
    this.results = results;
    this.#inPlace = results.flatMap((one) => (one.version > 0 ? [[one, one.run] as const] : []));
    this.#spell = spell;
  }

  replaced(old: Storage | null, undo: () => void): void {
    if (old !== null) this.#old.push(old);
    this.#undo.push(undo);
  }

  /** Is known to have gone well: the numbers that it replaced may leave. */
  finish(): void {
    for (const result of this.results) if (result.run === this) result.run = null;
    for (const storage of this.#old) {
      if (!storage.exposed && storage.pins === 0) storage.memory?.drop(storage);
    }
  }

  /** The error that this run would have thrown. */
  errorOf(failure: Failure): NablaError {
    const { code, message } = this.#spell(failure);
    const site = userSite(this.#call);
    return new NablaError(code, site === "" ? message : `${message} It was called here: ${site}`);
  }

  /** Puts back what it replaced; what it made does not exist. */
  fail(error: NablaError): void {
    this.error = error;
    for (const undo of this.#undo.reverse()) undo();
    for (const [result, run] of this.#inPlace) result.run = run;
  }
}

/** The memory of one device that answers later. */
export class LateMemory extends DeviceMemory implements LateQueue {
  override readonly late = this;
  readonly backend: LateBackend;
  /** The runs whose outcome is not known, in order, and the number of the first. */
  #runs: QueuedRun[] = [];
  #first = 0;
  /** Values on their way to the host, to be checked when they are there. */
  #checks: Promise<void>[] = [];
  readonly #leaving = new Set<Storage>();
  /** The first failure that nobody has heard of. */
  #unheard: NablaError | null = null;
  #asked = 0;

  constructor(backend: LateBackend) {
    super();
    this.backend = backend;
  }

  read({ run }: Storage): never {
    if (run?.error) throw run.error;
    throw this.#unreadable();
  }

  readInto(): never {
    throw this.#unreadable();
  }

  #unreadable(): NablaError {
    return new NablaError(
      "device",
      `the values are on ${this.backend.name}, which the host cannot read at once: ` +
        `await x.item(), x.data() or x.toArray() first.`,
    );
  }

  check(inputs: readonly Storage[]): void {
    for (const { run } of inputs) if (run?.error) throw run.error;
  }

  get pending(): LateRun | null {
    return this.#runs.at(-1) ?? null;
  }

  ran(results: readonly Storage[], spell: (failure: Failure) => NablaError): void {
    const run = new QueuedRun(results, spell);
    for (const result of results) result.run = run;
    this.#runs.push(run);
    if (this.queued - this.#asked < QUEUED_RUNS) return;
    this.#asked = this.queued;
    void this.#learn();
  }

  async settle(): Promise<void> {
    await this.#learn();
    await Promise.all(this.#checks);
    const error = this.takeFailure();
    if (error !== null) throw error;
  }

  async fetch(storage: Storage): Promise<TypedArray> {
    const copy = this.#copyOut(storage);
    copy.catch(() => undefined); // a failure of a run is said first
    await this.settle();
    this.check([storage]);
    return copy;
  }

  inspect(storage: Storage, look: (data: TypedArray) => NablaError | null): void {
    const looked = this.#copyOut(storage).then(async (data) => {
      await this.#learn();
      if (!storage.run?.error) this.#unheard ??= look(data);
    });
    const done = looked.catch(this.#report).then(() => {
      this.#checks = this.#checks.filter((one) => one !== done);
    });
    this.#checks.push(done);
  }

  /** The numbers at this place in the queue; they stay with the storage unless it changes. */
  async #copyOut(storage: Storage): Promise<TypedArray> {
    if (storage.host !== null) return storage.host;
    const { version, address, dtype, length } = storage;
    const data = await this.backend.read(address, dtype, length);
    if (storage.version === version && !storage.run?.error) storage.host ??= data;
    return data;
  }

  /** Learns what became of the runs so far. */
  async #learn(): Promise<void> {
    const end = this.queued;
    try {
      this.hear(await this.backend.settle(), end);
    } catch (error) {
      this.#report(error);
    }
  }

  /** How many runs were queued since the start. */
  get queued(): number {
    return this.#first + this.#runs.length;
  }

  /** Takes note that the device has done the first `end` runs, or stands at a failure. */
  hear(stop: Stop | null, end: number): void {
    this.#finish(stop?.run ?? end);
    if (stop !== null && stop.run >= this.#first) this.#fail(stop.failure);
  }

  /** Takes the first failure that nobody has heard of. */
  takeFailure(): NablaError | null {
    const error = this.#unheard;
    this.#unheard = null;
    return error;
  }

  readonly #report = (error: unknown): void => {
    this.#unheard ??= error instanceof NablaError ? error : lost(this.backend.name, error);
  };

  #finish(end: number): void {
    const done = this.#runs.splice(0, Math.max(0, end - this.#first));
    this.#first += done.length;
    for (const run of done) run.finish();
  }

  /** The first run failed, and the device passed over the others: all of them are undone. */
  #fail(failure: Failure): void {
    const failed = this.#runs;
    const error = failed[0]!.errorOf(failure);
    this.#runs = [];
    this.#first += failed.length;
    for (const run of failed.reverse()) run.fail(error);
    this.#unheard ??= error;
    this.backend.resume();
  }

  /** Nothing can be written back inside a synchronous stretch: so it starts at half the budget. */
  protected override makeRoom(bytes: number): void {
    const { budget } = this;
    const wanted = this.bytes + bytes;
    const isHalf = 2 * this.entries.length >= budget.entries || 2 * wanted > budget.bytes;
    if (isHalf && this.#leaving.size === 0) this.evict(wanted - budget.bytes / 2);
    if (this.bytes + bytes <= budget.bytes) return;
    throw new MemoryError(
      `${bytes} bytes do not fit into what ${this.backend.name} may hold, and values leave it only ` +
        `while the host waits: await a result once per step, or compile the step.`,
      bytes,
      budget.bytes - this.bytes,
    );
  }

  protected evict(wanted: number): void {
    const oldest = this.oldest().filter((storage) => !this.#leaving.has(storage));
    const least = Math.ceil(oldest.length / 8);
    let freed = 0;
    for (let i = 0; i < oldest.length && (i < least || freed < wanted); i++) {
      const storage = oldest[i]!;
      freed += storage.cost;
      if (storage.host !== null) this.drop(storage);
      else void this.#writeBack(storage);
    }
  }

  async #writeBack(storage: Storage): Promise<void> {
    const { version, lastUse } = storage;
    this.#leaving.add(storage);
    try {
      await this.#copyOut(storage);
      const same = storage.version === version && storage.lastUse === lastUse;
      if (same && storage.host !== null && storage.memory === this) this.drop(storage);
    } catch (error) {
      this.#report(error);
    } finally {
      this.#leaving.delete(storage);
    }
  }
}

function lost(name: string, cause: unknown): NablaError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new NablaError("device", `${name} does not answer any more: ${why}`, { cause });
}
