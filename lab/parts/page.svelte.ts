/** What the page of every lesson begins with: its run, its settings, and what a link presets. */
import { onMount } from "svelte";
import { EngineRun } from "./engine/client.svelte.ts";
import type { Settings } from "./engine/protocol.ts";
import type { Fields } from "./fields.ts";
import { readPreset, writePreset } from "./fields.ts";
import { Lit } from "./lit.svelte.ts";

/** What an experiment is, before it runs. */
export interface Experiment<S extends Settings> {
  /** Its name in `engine/experiments.ts`. */
  readonly name: string;
  readonly defaults: S;
  /** What a link can set. */
  readonly fields: Fields;
}

/** A lesson's experiment with its settings. Made while a page is set up; ends with it. */
export class LessonPage<S extends Settings, R> {
  readonly run: EngineRun<S, R>;
  readonly lit = new Lit();
  settings: S = $state()!;
  /** What was wrong with the link. */
  problems: readonly string[] = $state([]);
  protected readonly experiment: Experiment<S>;

  constructor(experiment: Experiment<S>, initial: R) {
    this.experiment = experiment;
    this.run = new EngineRun(experiment.name, experiment.defaults, initial);
    this.settings = { ...experiment.defaults };
    onMount(() => {
      const { settings, problems } = readPreset(location.search, experiment.fields);
      this.problems = problems;
      this.settings = { ...experiment.defaults, ...settings };
      void this.begin();
      return () => this.run.close();
    });
  }

  /** Begins anew with the settings as they are. */
  begin(): Promise<void> {
    return this.run.start(this.settings);
  }

  /** Changes settings; the run goes on with them. */
  set(changes: Partial<S>): void {
    this.settings = { ...this.settings, ...changes };
    void this.run.set(changes);
  }

  /** The link to the settings as they are. */
  get link(): string {
    return writePreset(this.settings, this.experiment.defaults, this.experiment.fields);
  }
}
