/** Visits of the doctor to a run: it looks at some epochs, and its word is there a moment later. */
import type { ExamineOptions, Finding, Predictor } from "nabla/train";
import { examine } from "nabla/train";

/** At these epochs the doctor looks. */
const LOOKS = [1, 10, 100, 300, 1000, 3000, 10_000, 30_000];

/** What the doctor found in one training. */
export class Visits {
  /** What it found when it last looked. */
  findings: readonly Finding[] = [];
  private readonly model: Predictor;
  private readonly options: ExamineOptions;
  private last = 0;

  constructor(model: Predictor, options: ExamineOptions) {
    this.model = model;
    this.options = options;
  }

  /** Looks, where it is time: the pass is made at once, the judgement comes with later readings. */
  after(epoch: number): void {
    if (!LOOKS.includes(epoch)) return;
    const told = (findings: readonly Finding[]): void => {
      if (epoch === this.last) this.findings = findings; // else a later look has been told of
    };
    this.last = epoch;
    void examine(this.model, { ...this.options, step: epoch }).then(told, () => told([]));
  }
}
