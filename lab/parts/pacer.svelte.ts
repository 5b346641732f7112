/** How fast a run goes: at a pace, as fast as it can, or ever faster from a slow start. */
import { onMount } from "svelte";
import type { EngineRun } from "./engine/client.svelte.ts";
import type { Settings } from "./engine/protocol.ts";

/** A slow start: steps a second at first, how long until it is twice as fast, and where that ends. */
const SLOW = { first: 4, doubling: 900, most: 4000 } as const;

/** What lets a run go, at the pace that is set. Made while a component is set up. */
export class Pacer {
  /** Steps a second; null is as fast as it goes, 0 begins slowly and becomes faster. */
  speed: number | null = $state(0);
  /** Whether the run shall go, also while settings change. */
  wanted = $state(false);
  private readonly run: EngineRun<Settings, unknown>;
  private timer = 0;

  constructor(run: EngineRun<Settings, unknown>) {
    this.run = run;
    onMount(() => () => clearTimeout(this.timer));
  }

  /** Lets it run. */
  async go(): Promise<void> {
    this.wanted = true;
    clearTimeout(this.timer);
    if (this.speed === 0) return this.accelerate(SLOW.first);
    await this.run.run(this.speed);
  }

  /** Stops it after the step under way. */
  async halt(): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    await this.run.pause();
  }

  /** Another pace, at once. */
  setSpeed(speed: number | null): void {
    this.speed = speed;
    if (this.wanted) void this.go();
  }

  /** One step. */
  async single(count = 1): Promise<void> {
    await this.halt();
    await this.run.step(count);
  }

  /** Goes to a step that it has been at. */
  async goTo(step: number): Promise<void> {
    if (this.wanted) await this.halt();
    await this.run.goTo(step);
  }

  private async accelerate(pace: number): Promise<void> {
    await this.run.run(pace > SLOW.most ? null : pace);
    if (pace > SLOW.most) return;
    this.timer = window.setTimeout(() => {
      if (this.wanted && this.speed === 0 && this.run.running) void this.accelerate(pace * 2);
    }, SLOW.doubling);
  }
}
