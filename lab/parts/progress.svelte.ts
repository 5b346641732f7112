/** What has been done in the lessons, kept in this browser alone. */

const KEY = "nabla-lab-progress";

type Done = Record<string, string[]>;

function parse(text: string | null): Done {
  const done: Done = Object.create(null) as Done;
  if (text === null) return done;
  try {
    const data = JSON.parse(text) as { version?: unknown; done?: Record<string, unknown> };
    if (data.version !== 1) return done;
    for (const [lesson, ids] of Object.entries(data.done ?? {})) {
      if (Array.isArray(ids)) done[lesson] = ids.filter((id) => typeof id === "string");
    }
  } catch {
    // Not ours or damaged: begin anew.
  }
  return done;
}

/** The progress of this browser; other tabs' progress joins it. */
class Progress {
  done: Done = $state.raw(parse(null)); // replaced as a whole: without a prototype it is no proxy
  /** Why progress is not kept; empty while it is. */
  problem = $state("");

  /** Reads what is stored; called once a page runs in a browser. */
  load(): void {
    try {
      this.done = parse(localStorage.getItem(KEY));
      addEventListener("storage", (event) => {
        if (event.key === KEY) this.done = parse(event.newValue);
      });
    } catch {
      this.problem = "This browser stores nothing for this page, so progress ends with the visit.";
    }
  }

  has(lesson: string, id: string): boolean {
    return this.done[lesson]?.includes(id) ?? false;
  }

  add(lesson: string, id: string): void {
    if (this.has(lesson, id)) return;
    const ids = [...(this.done[lesson] ?? []), id];
    this.done = Object.assign(parse(null), this.done, { [lesson]: ids });
    try {
      localStorage.setItem(KEY, this.text());
    } catch {
      this.problem = "This browser's storage is full or closed: progress ends with the visit.";
    }
  }

  count(lesson: string): number {
    return this.done[lesson]?.length ?? 0;
  }

  /** The content of the exported file. */
  text(): string {
    return JSON.stringify({ version: 1, done: this.done }, null, 2);
  }
}

/** The one progress of a page. */
export const progress = new Progress();
