/** The page's side of the protocol: a run whose reading is reactive, at most one update a frame. */
import { flushSync } from "svelte";
import { inOwnFrame } from "./frames.ts";
import type { Command, Message, Report, Request, Settings } from "./protocol.ts";

/** How long an answer may take before the worker counts as lost; loading may take longer. */
const PATIENCE = { load: 30_000, answer: 5_000 } as const;

interface Pending {
  readonly resolve: (message: { report: Report; snapshot?: unknown }) => void;
  readonly reject: (error: Error) => void;
  readonly timer: number;
}

/** How often numbers change while a run goes on, in milliseconds: nobody reads faster. */
const CALM = 100;

/** One experiment in a worker of its own, seen from a page. */
export class EngineRun<S extends Settings, R> {
  /** What the run shows; before the engine is loaded, what was computed when the page was built. */
  reading: R = $state.raw()!;
  /** The same at most ten times a second, for numbers, which are read; at rest the same. */
  calm: R = $state.raw()!;
  /** Steps so far, as calm as that. */
  steps = $state(0);
  /** The latest step that `goTo` reaches. */
  reached = $state(0);
  running = $state(false);
  perSecond = $state(0);
  status: "asleep" | "loading" | "ready" | "failed" = $state("asleep");
  error = $state("");

  private readonly experiment: string;
  private settings: S;
  private worker: Worker | null = null;
  private pending = new Map<number, Pending>();
  private nextId = 1;
  private epoch = 0;
  private latest: Report | null = null;
  private frameAsked = false;
  private calmTimer = 0;
  private calmAt = 0;
  private newest: Report | null = null;

  constructor(experiment: string, settings: S, initial: R) {
    this.experiment = experiment;
    this.settings = settings;
    this.reading = initial;
    this.calm = initial;
  }

  /** Begins anew, with changed settings if there are any. */
  async start(changes: Partial<S> = {}): Promise<void> {
    this.settings = { ...this.settings, ...changes };
    const mine = ++this.epoch; // of two starts in a row, the later one counts
    this.error = "";
    const { experiment, settings } = this;
    await this.ask({ kind: "start", experiment, settings: $state.snapshot(settings) as S });
    if (mine === this.epoch && this.status !== "failed") this.status = "ready";
  }

  /** Loads the engine and starts, unless that has happened. */
  async wake(): Promise<void> {
    if (this.status === "asleep") await this.start();
  }

  /** Takes `count` steps. */
  async step(count = 1): Promise<void> {
    await this.wake();
    await this.ask({ kind: "step", count });
  }

  /** Runs until paused, or until step `until`; `perSecond` null is as fast as it goes. */
  async run(perSecond: number | null = null, until: number | null = null): Promise<void> {
    await this.wake();
    await this.ask({ kind: "run", perSecond, until });
  }

  /** Goes back, or forward again, to a step that the run has been at. */
  async goTo(step: number): Promise<void> {
    await this.wake();
    await this.ask({ kind: "goto", step });
  }

  /** Stops after the step under way. */
  async pause(): Promise<void> {
    if (this.worker !== null) await this.ask({ kind: "pause" });
  }

  /** Changes settings in mid-run. */
  async set(changes: Partial<S>): Promise<void> {
    this.settings = { ...this.settings, ...changes };
    if (this.status === "asleep") return this.start();
    await this.ask({ kind: "set", changes: changes as Settings });
  }

  /** Returns a snapshot that `restore` takes. */
  async snapshot(): Promise<unknown> {
    return (await this.ask({ kind: "snapshot" }))?.snapshot;
  }

  /** Goes back to a snapshot. */
  async restore(snapshot: unknown): Promise<void> {
    await this.ask({ kind: "restore", snapshot });
  }

  /** Runs to step `until` and resolves to the reading there. */
  async runTo(until: number): Promise<R> {
    await this.run(null, until);
    // `running` is set by the answer, and cleared by the last report or an error.
    while (this.running) await new Promise((resolve) => setTimeout(resolve, 20));
    if (this.error !== "") throw new Error(this.error);
    return this.reading;
  }

  /** Ends the worker. */
  close(): void {
    this.worker?.terminate();
    this.worker = null;
    this.status = "asleep";
    this.running = false;
    this.rejectAll("the page closed the run");
  }

  /** Resolves to null where the engine could not do it; then `error` says why. */
  private async ask(command: Command): Promise<{ report: Report; snapshot?: unknown } | null> {
    const worker = this.worker ?? this.load();
    const id = this.nextId++;
    const ms = this.status === "ready" ? PATIENCE.answer : PATIENCE.load;
    const answer = await new Promise<{ report: Report; snapshot?: unknown }>((resolve, reject) => {
      const timer = window.setTimeout(() => {
        this.fail(`The engine has not answered for ${ms / 1000} seconds.`);
      }, ms);
      this.pending.set(id, { resolve, reject, timer });
      worker.postMessage({ id, command } satisfies Request);
    }).catch(() => null);
    if (answer !== null) this.show(answer.report);
    return answer;
  }

  private load(): Worker {
    this.status = "loading";
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent<Message>) => this.receive(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      const why = event.message || "its file did not load, perhaps because there is no network";
      this.fail(`The engine could not go on: ${why}.`);
    };
    worker.onmessageerror = () => this.fail("The engine sent something unreadable.");
    this.worker = worker;
    return worker;
  }

  private receive(message: Message): void {
    if ("error" in message) {
      this.error = message.error;
      this.running = false;
      if (message.id !== null) this.settle(message.id)?.reject(new Error(message.error));
      return;
    }
    if (message.id !== null) {
      this.latest = null; // what waits for the next frame is older than this answer
      this.settle(message.id)?.resolve(message);
      return;
    }
    this.latest = message.report;
    if (this.frameAsked) return;
    this.frameAsked = true;
    inOwnFrame(() => {
      this.frameAsked = false;
      if (this.latest !== null) flushSync(() => this.show(this.latest!));
      this.latest = null;
      this.worker?.postMessage({ shown: true });
    });
  }

  private settle(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (pending) clearTimeout(pending.timer);
    return pending;
  }

  private show(report: Report): void {
    if (report.reading !== null) this.reading = report.reading as R;
    this.running = report.running;
    this.newest = report;
    if (report.running && this.calmTimer !== 0) return;
    clearTimeout(this.calmTimer); // what a run ends with is not waited for
    const wait = report.running ? Math.max(0, this.calmAt + CALM - performance.now()) : 0;
    this.calmTimer = window.setTimeout(() => {
      inOwnFrame(() => flushSync(() => this.settleDown()));
    }, wait);
  }

  /** Lets the numbers follow what was shown last. */
  private settleDown(): void {
    clearTimeout(this.calmTimer);
    this.calmTimer = 0;
    this.calmAt = performance.now();
    if (this.newest === null) return;
    this.calm = this.reading;
    this.steps = this.newest.steps;
    this.reached = this.newest.reached;
    this.perSecond = this.newest.perSecond;
    this.newest = null;
  }

  private fail(text: string): void {
    this.worker?.terminate();
    this.worker = null;
    this.status = "failed";
    this.running = false;
    this.error = text;
    this.rejectAll(text);
  }

  private rejectAll(text: string): void {
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(new Error(text));
  }
}
