/** What results of a compiled function are in plain code: leaves, or walked back through. */
import { NablaError } from "../core/errors.ts";
import type { Specialization } from "../runtime/function.ts";
import { newRecord } from "./call.ts";
import type { TapeRecord, Value } from "./value.ts";

/** What a result is in plain code beside its values. */
export interface Marks {
  readonly requiresGrad: boolean;
  readonly settable: boolean;
  /** The name of the call that made it, where one was recorded. */
  readonly maker: string | null;
  /** The call that it was walked back through; null where there is none. */
  readonly released: Specialization | null;
}

/** Reads what a result of a trace is. */
export function marksOf(value: Value): Marks {
  const { requiresGrad, settable, record } = value;
  const released = record === null ? null : releasedIn(record);
  return { requiresGrad, settable, maker: record?.spec.name ?? null, released };
}

/** The first call on the way back that was walked through, as `backward` finds it. */
function releasedIn(record: TapeRecord): Specialization | null {
  const seen = new Set([record]);
  const stack = [record];
  while (stack.length > 0) {
    const one = stack.pop()!;
    if (one.kept === null) return one.spec;
    for (const { record: next } of one.inputs) {
      if (next === null || seen.has(next)) continue;
      seen.add(next);
      stack.push(next);
    }
  }
  return null;
}

/** The record of a result that cannot be walked back from outside: it keeps nothing. */
export function walkedRecord(
  maker: string,
  released: Specialization | null,
  program: Specialization,
): TapeRecord {
  const refuse = (): never => {
    throw new NablaError(
      "trace",
      "backward: the tensor hangs on a leaf that the compiled function makes. " +
        "Make it outside, or call backward inside.",
    );
  };
  const kept = released === null ? [] : null;
  const custom = released === null ? refuse : null;
  const record = newRecord(released ?? program, [], [], kept, null, [], custom);
  record.names = [maker];
  return record;
}
