/** One piece of work a frame: what a page redraws is spread, so that no frame redraws everything. */

const waiting: (() => void)[] = [];
let asked = false;

function ask(): void {
  if (asked || waiting.length === 0) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    try {
      waiting.shift()!();
    } finally {
      ask();
    }
  });
}

/** Does some work in the first coming frame that nothing else has asked for. */
export function inOwnFrame(work: () => void): void {
  waiting.push(work);
  ask();
}
