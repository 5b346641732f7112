/** The playground's page: its settings, its run, and the address that has it all. */
import { LessonPage } from "../parts/page.svelte.ts";
import { Pacer } from "../parts/pacer.svelte.ts";
import type { PlaygroundReading } from "./experiment.ts";
import type { PlaygroundSettings } from "./settings.ts";
import { DEFAULTS, FIELDS } from "./settings.ts";

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
  readonly pacer: Pacer;
  /** What is shown large: the neuron pointed at, or the output. */
  hovered: Place | null = $state(null);
  /** The weight that is looked at, and the one that is being edited. */
  wire: Wire | null = $state(null);
  editing: Wire | null = $state(null);
  /** Whether maps show only the side of 0 on which an answer is. */
  sides = $state(false);

  constructor(initial: PlaygroundReading) {
    super({ name: "playground", defaults: DEFAULTS, fields: FIELDS }, initial);
    this.pacer = new Pacer(this.run);
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
    if (this.pacer.wanted) await this.pacer.go();
  }

  /** Sets one weight by hand. */
  edit({ layer, to, from }: Wire, value: number): void {
    void this.run.set({ edit: [layer, to, from, value] } as Partial<PlaygroundSettings>);
  }

  /** The address has the settings, so that a reload keeps them. */
  private follow(): void {
    history.replaceState(null, "", location.pathname + this.link);
  }
}
