/**
 * The worker's side of the protocol without the worker: one run at a time, done in slices short
 * enough that a click is heard at once. Time and messages come from outside, so tests run it in Node.
 */
import { Ring } from "./ring.ts";
import type { Command, Message, Report, Request, Run, Settings, Shown } from "./protocol.ts";

/** What the host needs of the world. */
export interface World {
  /** Loads an experiment by name and begins a run. */
  start(experiment: string, settings: Settings): Promise<Run<Settings, unknown>>;
  send(message: Message): void;
  /** Milliseconds that never run backwards. */
  now(): number;
  /** Calls back after other messages had their turn, and after `ms` milliseconds. */
  later(work: () => void, ms: number): void;
}

/** How long one slice may take, in milliseconds. */
const SLICE = 12;

/** How often a running experiment reports at most, in milliseconds. */
const REPORT = 30;

interface Pace {
  readonly perSecond: number | null;
  readonly until: number;
  readonly startedAt: number;
  readonly startedWith: number;
}

/** Answers requests, one after the other, and reports while a run goes on. */
export class EngineHost {
  private readonly world: World;
  private run: Run<Settings, unknown> | null = null;
  private pace: Pace | null = null;
  private steps = 0;
  private measured = 0;
  private shown = true;
  private reportedAt = 0;
  private queue: Promise<void> = Promise.resolve();
  private scheduled = false;
  private ring = new Ring();
  private reached = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Takes a message from the page. */
  receive(message: Request | Shown): void {
    if ("shown" in message) {
      this.shown = true;
      return;
    }
    const { id, command } = message;
    this.queue = this.queue.then(async () => {
      try {
        const snapshot = await this.obey(command);
        this.world.send({ id, report: this.report(), snapshot });
      } catch (error) {
        this.pace = null;
        this.world.send({ id, error: textOf(error) });
      }
    });
  }

  private async obey(command: Command): Promise<unknown> {
    if (command.kind === "start") {
      this.pace = null;
      this.run = null;
      this.run = await this.world.start(command.experiment, command.settings);
      this.steps = 0;
      this.measured = 0;
      this.reached = 0;
      this.ring = new Ring();
      this.ring.keep(0, this.run.snapshot(), true);
      return undefined;
    }
    const run = this.current();
    switch (command.kind) {
      case "step":
        this.pace = null;
        for (let i = 0; i < command.count; i++) this.advance(run);
        return undefined;
      case "run":
        this.go(command.perSecond, command.until);
        return undefined;
      case "pause":
        this.pace = null;
        return undefined;
      case "read":
        return undefined;
      case "goto":
        this.goTo(run, command.step);
        return undefined;
      case "set":
        run.set(command.changes);
        this.leave();
        this.ring.keep(this.steps, run.snapshot(), true);
        return undefined;
      case "snapshot":
        return { steps: this.steps, run: run.snapshot() };
      case "restore": {
        const saved = command.snapshot as { steps: number; run: unknown };
        run.restore(saved.run);
        this.steps = saved.steps;
        this.leave();
        this.ring.keep(this.steps, run.snapshot(), true);
        return undefined;
      }
    }
  }

  private current(): Run<Settings, unknown> {
    if (this.run === null) throw new Error("nothing has been started yet");
    return this.run;
  }

  private advance(run: Run<Settings, unknown>): void {
    run.step();
    this.steps++;
    if (this.steps > this.reached) this.reached = this.steps;
    if (this.ring.wants(this.steps)) this.ring.keep(this.steps, run.snapshot());
  }

  /** Goes on from here another way: what came later is no longer reached. */
  private leave(): void {
    this.reached = this.steps;
    this.ring.forgetAfter(this.steps);
  }

  private goTo(run: Run<Settings, unknown>, step: number): void {
    this.pace = null;
    const goal = Math.max(0, Math.min(step, this.reached));
    const from = this.ring.before(goal)!;
    if (goal < this.steps || from.step > this.steps) {
      run.restore(from.snapshot);
      this.steps = from.step;
    }
    if (this.steps < goal) this.go(null, goal);
  }

  private go(perSecond: number | null, until: number | null): void {
    this.pace = {
      perSecond,
      until: until ?? Infinity,
      startedAt: this.world.now(),
      startedWith: this.steps,
    };
    this.schedule(0);
  }

  private schedule(ms: number): void {
    if (this.scheduled) return; // a second click on Run changes the pace, not the number of loops
    this.scheduled = true;
    this.world.later(() => {
      this.scheduled = false;
      this.slice();
    }, ms);
  }

  private slice(): void {
    const { pace, run } = this;
    if (pace === null || run === null) return;
    try {
      this.work(run, pace);
    } catch (error) {
      this.pace = null;
      this.world.send({ id: null, error: textOf(error) });
      return;
    }
    const now = this.world.now();
    if (this.steps >= pace.until) this.pace = null;
    if (this.pace === null || (this.shown && now - this.reportedAt >= REPORT)) {
      this.shown = false;
      this.reportedAt = now;
      this.world.send({ id: null, report: this.report() });
    }
    if (this.pace === null) return;
    this.schedule(pace.perSecond === null ? 0 : Math.min(30, 500 / pace.perSecond));
  }

  private work(run: Run<Settings, unknown>, pace: Pace): void {
    const began = this.world.now();
    const seconds = (began - pace.startedAt) / 1000;
    const due =
      pace.perSecond === null
        ? Infinity
        : pace.startedWith + Math.floor(seconds * pace.perSecond) + 1;
    const goal = Math.min(due, pace.until);
    while (this.steps < goal) {
      for (let i = 0; i < 8 && this.steps < goal; i++) this.advance(run);
      if (this.world.now() - began > SLICE) break;
    }
    const elapsed = Math.max(this.world.now() - pace.startedAt, 1);
    this.measured = ((this.steps - pace.startedWith) * 1000) / elapsed;
    // What cannot be kept up with is not owed: the clock begins anew.
    if (pace.perSecond !== null && this.steps < goal && this.pace === pace) {
      this.pace = { ...pace, startedAt: this.world.now(), startedWith: this.steps };
    }
  }

  private report(): Report {
    return {
      reading: this.run?.read() ?? null,
      steps: this.steps,
      running: this.pace !== null,
      perSecond: this.measured,
      reached: this.reached,
    };
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
