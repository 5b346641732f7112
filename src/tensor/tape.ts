/** The tape as a walk meets it: which recorded calls values depend on, and if all is in order. */
import { NablaError } from "../core/errors.ts";
import { op } from "../ir/words.ts";
import type { None } from "../runtime/function.ts";
import { Fn, NONE } from "../runtime/function.ts";
import { call1, versionsOf } from "./call.ts";
import type { TapeRecord, Value } from "./value.ts";

const add = /* @__PURE__ */ new Fn<None>("add", (b, [x, y]) => [op(b, "add", x!, y!)]);

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

/**
 * Gradients of gradients start from the inputs, so a cell that was set since would falsify them.
 */
export function assertUnchanged(record: TapeRecord): void {
  const { inputs, storages, versions, spec } = record;
  const changed = inputs.findIndex((input, i) => input.storage !== storages[i]);
  if (changed < 0 && versionsOf(storages) === versions) return;
  throw new NablaError(
    "autograd",
    `backward with createGraph: an input of ${spec.name} was set after it was used. ` +
      `Take the gradient before the update.`,
  );
}

/** The sum of two gradients, which leave where nobody else holds them. */
export function sumOf(a: Value, b: Value): Value {
  const sum = call1(add, [a, b], [], NONE);
  const [one, other] = [a.storage, b.storage];
  if (one === null || other === null || sum.record !== null) return sum;
  if (!one.inner && !other.inner) return sum;
  sum.storage!.inner = true;
  one.leave();
  other.leave();
  return sum;
}
