/** Writes the events of a training to a file, one JSON object a line. */
import { host } from "#host";
import type { Callback, Training } from "./callback.ts";
import type { StartEvent, TrainEvent } from "./events.ts";
import { Seconds } from "./scalars.ts";

/** How a log is written. */
export interface LogOptions {
  /** Seconds from one line of a step to the next; default: 1. Other events are always written. */
  readonly everySeconds?: number;
}

/**
 * Logs a training: `callbacks: [new JsonlLog("run.jsonl")]`. A training that goes on goes on with
 * its log, from the step at which it stood; one that begins, begins it anew.
 */
export class JsonlLog implements Callback {
  readonly name: string = "JsonlLog";
  readonly path: string;
  readonly #everySeconds: number;
  #seconds = new Seconds(1);
  #writes = new Seconds(1);
  #lines: string[] = [];

  constructor(path: string, { everySeconds = 1 }: LogOptions = {}) {
    this.path = path;
    this.#everySeconds = everySeconds;
  }

  async onStart(event: StartEvent): Promise<void> {
    this.#seconds = new Seconds(this.#everySeconds);
    this.#writes = new Seconds(1);
    const folder = this.path.replace(/[^\\/]*$/, "");
    if (folder !== "") await host.makeFolder(folder);
    await host.writeFileAtomic(this.path, await this.#before(event.step));
    await this.#note(event);
  }

  onStep(event: TrainEvent): Promise<void> | undefined {
    return this.#seconds.isDue() ? this.#note(event) : undefined;
  }

  onValidation(event: TrainEvent): Promise<void> | undefined {
    return this.#note(event);
  }

  onEpochEnd(event: TrainEvent): Promise<void> | undefined {
    return this.#note(event);
  }

  onCheckpoint(event: TrainEvent): Promise<void> | undefined {
    return this.#note(event);
  }

  onWarning(event: TrainEvent): Promise<void> | undefined {
    return this.#note(event);
  }

  async onEnd(event: TrainEvent): Promise<void> {
    await this.#note(event);
    await this.#write();
  }

  /** What was told after the end, such as the last checkpoint. */
  async onFinished(): Promise<void> {
    await this.#write();
  }

  async onError(error: unknown, { epoch, step }: Training): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    this.#lines.push(JSON.stringify({ type: "error", epoch, step, message }));
    await this.#write();
  }

  /** The lines of the earlier training up to a step; none where it begins. */
  async #before(step: number): Promise<string> {
    if (step === 0 || !(await host.exists(this.path))) return "";
    const lines = (await host.readText(this.path)).split("\n").filter((line) => {
      const known = /"step":(\d+)/.exec(line);
      return known !== null && Number(known[1]) <= step && line.endsWith("}");
    });
    return lines.map((line) => `${line}\n`).join("");
  }

  /** Notes an event; lines go to the file together, once a second. */
  #note(event: TrainEvent): Promise<void> | undefined {
    this.#lines.push(JSON.stringify(event));
    return this.#writes.isDue() ? this.#write() : undefined;
  }

  async #write(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length > 0) await host.append(this.path, `${lines.join("\n")}\n`);
  }
}
