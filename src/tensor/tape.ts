/** The tape as a walk meets it: which recorded calls values depend on, and if all is in order. */
import { NablaError } from "../core/errors.ts";
import type { TapeRecord, Value } from "./value.ts";

/** The recorded calls that the roots depend on, latest first. */
export function reachable(roots: readonly Value[]): TapeRecord[] {
  const seen = new Set<TapeRecord>();
  const stack: TapeRecord[] = [];
  const visit = (value: Value): void => {
    const { record } = value;
    if (record === null || seen.has(record)) return;
    seen.add(record);
    stack.push(record);
  };
  roots.forEach(visit);
  while (stack.length > 0) {
    const record = stack.pop()!;
    assertKept(record);
    record.inputs.forEach(visit);
  }
  return [...seen].sort((a, b) => b.sequence - a.sequence);
}

/** Throws where a walk from these values would find parameters that no module has. */
export function auditWalk(roots: readonly Value[]): void {
  audit(reachable(roots));
}

/** Lets the modules that made the calls look at their parameters, until they found all in place. */
export function audit(order: readonly TapeRecord[]): void {
  const fresh = order.filter(({ scope }) => scope !== null && !scope.sound);
  for (const { scope, inputs } of fresh) scope!.check(inputs);
  for (const { scope } of fresh) scope!.sound = true;
}

/** Throws for a call that was walked back through and released what it kept. */
export function assertKept(record: TapeRecord): void {
  if (record.kept !== null) return;
  throw new NablaError(
    "autograd",
    `backward: ${record.spec.name} was already walked back through, and what it kept was released. ` +
      `Compute the loss again before each backward, or keep it: loss.backward(undefined, ` +
      `{ retainGraph: true }).`,
  );
}
