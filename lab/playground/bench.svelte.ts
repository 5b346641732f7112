/** The playground's page: its settings, its run, how fast it goes, and the address that has it all. */
import { onMount } from "svelte";
import { LessonPage } from "../parts/page.svelte.ts";
import type { PlaygroundReading } from "./experiment.ts";
import type { PlaygroundSettings } from "./settings.ts";
import { DEFAULTS, FIELDS } from "./settings.ts";

/** A slow start: epochs a second at first, and how long until it is twice as fast. */
const SLOW = { first: 4, doubling: 900, most: 4000 } as const;

/** A neuron by layer and place, a feature by layer −1. */
export interface Place {
  readonly layer: number;
  readonly at: number;
}

/** One weight, or a bias where `from` is −1. */
export interface Wire {
  readonly layer: number;
  readonly to: number;
  readonly from: number;
}

/** The settings and the run of a playground. */
export class Bench extends LessonPage<PlaygroundSettings, PlaygroundReading> {
  /** Epochs a second; null is as fast as it goes, 0 begins slowly and becomes faster. */
  speed: number | null = $state(0);
  /** Whether it shall run, also while settings change. */
  wanted = $state(false);
  /** What is shown large: the neuron pointed at, or the output. */
  hovered: Place | null = $state(null);
  /** The weight that is looked at, and the one that is being edited. */
  wire: Wire | null = $state(null);
  editing: Wire | null = $state(null);
  /** Whether maps show only the side of 0 on which an answer is. */
  sides = $state(false);
  private timer = 0;

  constructor(initial: PlaygroundReading) {
    super({ name: "playground", defaults: DEFAULTS, fields: FIELDS }, initial);
    onMount(() => () => clearTimeout(this.timer));
  }

  /** Changes settings: a rate in mid-run, anything else with a new network that goes on running. */
  change(changes: Partial<PlaygroundSettings>): void {
    this.settings = { ...this.settings, ...changes };
    this.editing = null;
    this.follow();
    if (Object.keys(changes).every((name) => name === "rate")) void this.run.set(changes);
    else void this.renew();
  }

  /** Begins anew with the same weights, and goes on if it was running. */
  async renew(): Promise<void> {
    await this.begin();
    if (this.wanted) await this.go();
  }

  /** Lets it run. */
  async go(): Promise<void> {
    this.wanted = true;
    clearTimeout(this.timer);
    if (this.speed === 0) return this.accelerate(SLOW.first);
    await this.run.run(this.speed);
  }

  /** Stops it after the epoch under way. */
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

  /** One epoch. */
  async single(): Promise<void> {
    await this.halt();
    await this.run.step();
  }

  /** Goes to an epoch that it has been at. */
  async goTo(epoch: number): Promise<void> {
    if (this.wanted) await this.halt();
    await this.run.goTo(epoch);
  }

  /** Sets one weight by hand. */
  edit({ layer, to, from }: Wire, value: number): void {
    void this.run.set({ edit: [layer, to, from, value] } as Partial<PlaygroundSettings>);
  }

  private async accelerate(pace: number): Promise<void> {
    await this.run.run(pace > SLOW.most ? null : pace);
    if (pace > SLOW.most) return;
    this.timer = window.setTimeout(() => {
      if (this.wanted && this.speed === 0) void this.accelerate(pace * 2);
    }, SLOW.doubling);
  }

  /** The address has the settings, so that a reload keeps them. */
  private follow(): void {
    history.replaceState(null, "", location.pathname + this.link);
  }
}
