/** How much work a page's main thread does per frame, in CPU time, from Chromium's own trace. */
import type { Browser, Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Begin and length in microseconds; `tdur` counts only the time that the thread ran. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Milliseconds of main-thread work in each frame, ascending. */
export interface FrameWork {
  readonly frames: readonly number[];
  /** What share of the frames needed at most this long, as milliseconds. */
  at(share: number): number;
}

const CATEGORIES = ["toplevel", "devtools.timeline", "__metadata"];

/** Watches a page for some time; a frame's work is all that its main thread did until the next. */
export async function watchFrames(browser: Browser, page: Page, ms: number): Promise<FrameWork> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.waitForTimeout(ms);
  const trace = (await browser.stopTracing()).toString("utf8");
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const frames = framesOf(traceEvents).sort((a, b) => a - b);
  return { frames, at: (share) => frames[Math.floor(share * (frames.length - 1))] ?? NaN };
}

function framesOf(events: readonly TraceEvent[]): number[] {
  const key = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const mains = events
    .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
    .map((event) => events.filter((one) => key(one) === key(event)));
  const beginnings = (list: readonly TraceEvent[]): number[] =>
    list.filter(({ name }) => name === "FireAnimationFrame").map(({ ts }) => ts);
  // Of several pages, the one that draws.
  const main = mains.reduce((a, b) => (beginnings(b).length > beginnings(a).length ? b : a), []);
  const starts = beginnings(main).sort((a, b) => a - b);
  const work = starts.map(() => 0);
  for (const { name, ph, ts, dur, tdur } of main) {
    if (ph !== "X" || !/RunTask$/.test(name)) continue;
    const end = ts + (dur ?? 0);
    const frame = starts.findLastIndex((start) => start <= end);
    if (frame >= 0) work[frame]! += (tdur ?? dur ?? 0) / 1000;
  }
  return work.slice(0, -1); // the last frame may be cut off
}
