/** Whether a function does the same each time it is traced; where it does not, what differs. */
import { NablaError } from "../core/errors.ts";
import type { LogLine, Trace } from "./trace.ts";
import { at } from "./trace.ts";

/**
 * Throws where two traces of one function differ: in calls, frozen numbers, or captured tensors.
 */
export function assertSameTrace(first: Trace, second: Trace): void {
  const count = Math.max(first.log.length, second.log.length);
  for (let k = 0; k < count; k++) {
    const a = first.log[k];
    const b = second.log[k];
    if (a === undefined || b === undefined || a.text !== b.text) {
      differ(
        a ?? b!,
        `${a?.text ?? "nothing"} the first time and ${b?.text ?? "nothing"} the second`,
        "A number that changes must be an argument, or read with scalar(() => value)",
      );
    }
    if (a.outside.some((value, i) => value !== b.outside[i])) {
      differ(
        a,
        `${a.text} takes another tensor from outside at each call`,
        "Make it once outside, or pass it as an argument",
      );
    }
  }
  assertSameArrays(first, second);
  const others = second.sources;
  const same = first.sources.every(({ value, argument, grad, made }, k) => {
    const other = others[k];
    if (other === undefined || other.argument !== argument || other.grad !== grad) return false;
    return made || other.value === value;
  });
  if (!same || first.sources.length !== others.length) {
    throw new NablaError(
      "trace",
      "compile: the function returns another tensor from outside at each call, or makes it a gradient. " +
        "Pass the tensor as an argument.",
    );
  }
  const guards = (t: Trace): string => t.guards.map((g) => String(g.seen)).join();
  if (guards(first) !== guards(second)) {
    throw new NablaError(
      "trace",
      "compile: the state the function reads changes while it is traced.",
    );
  }
}

/** What is made inside is a constant of the program; so each trace must make the same. */
function assertSameArrays(first: Trace, second: Trace): void {
  const others = second.sources.filter(({ made }) => made);
  first.sources
    .filter(({ made }) => made)
    .forEach(({ array, value }, k) => {
      const other = others[k]!;
      if (array !== null && array === other.array) return;
      const seen = value!.storage!.read();
      if (other.value!.storage!.read().every((x, i) => Object.is(x, seen[i]))) return;
      throw new NablaError(
        "trace",
        "compile: an array that the function makes has other numbers at each call. " +
          "Make it outside and pass it as an argument.",
      );
    });
}

function differ(line: LogLine, what: string, cure: string): never {
  throw new NablaError(
    "trace",
    `compile: two traces of the function differ${at(line.site)}: ${what}. ${cure}.`,
  );
}
