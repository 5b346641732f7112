/** Writes the events of a training to a file, one JSON object a line. */
import { host } from "#host";
import type { Training } from "./callback.ts";
import type { StartEvent, TrainEvent } from "./events.ts";
import type { LogOptions } from "./log.ts";
import { Log } from "./log.ts";

/**
 * Logs a training: `callbacks: [new JsonlLog("run.jsonl")]`. A training that goes on goes on with
 * its log, from the step at which it stood; one that begins, begins it anew.
 */
export class JsonlLog extends Log<string> {
  override readonly name: string = "JsonlLog";
  readonly path: string;

  constructor(path: string, options: LogOptions = {}) {
    super(options);
    this.path = path;
  }

  /** Begins the file, or goes on with it. */
  async onStart(event: StartEvent): Promise<void> {
    this.begin();
    const folder = this.path.replace(/[^\\/]*$/, "");
    if (folder !== "") await host.makeFolder(folder);
    await host.writeFileAtomic(this.path, await this.#before(event.step));
    await this.note(event);
  }

  /** Notes that a checkpoint is on disk. */
  onCheckpoint(event: TrainEvent): Promise<void> | undefined {
    return this.note(event);
  }

  /** Notes a warning. */
  onWarning(event: TrainEvent): Promise<void> | undefined {
    return this.note(event);
  }

  /** Writes what is left. */
  async onEnd(event: TrainEvent): Promise<void> {
    await this.note(event);
    await this.write();
  }

  /** What was told after the end, such as the last checkpoint. */
  async onFinished(): Promise<void> {
    await this.write();
  }

  /** Writes what is left, before the error is thrown. */
  async onError(error: unknown, { epoch, step }: Training): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    await this.add(JSON.stringify({ type: "error", epoch, step, message }));
    await this.write();
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

  protected override entryOf(event: TrainEvent): string {
    return JSON.stringify(event);
  }

  protected override async append(lines: readonly string[]): Promise<void> {
    await host.append(this.path, `${lines.join("\n")}\n`);
  }
}
