/** Whole numbers of the host as tensors, and rows by such numbers. */
import { full, tensor } from "../../tensor/create.ts";
import { cat, stack } from "../../tensor/functions/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { context } from "../../tensor/value.ts";

/** Numbers as int32; inside a trace as constants, which a new array at each call is not. */
export function int32List(list: readonly number[], like: Tensor): Tensor {
  const options = { dtype: "int32", device: like.device } as const;
  if (context.tracer === null || list.length === 0) return tensor([...list], options);
  return stack(list.map((n) => full([], n, options)));
}

/** The places of an axis that a list names, in its order. */
export function placesAt(x: Tensor, dim: number, list: readonly number[]): Tensor {
  if (context.tracer === null) return x.indexSelect(dim, int32List(list, x));
  return cat(
    runsOf(list).map(({ start, count, step }) => {
      if (step === 1) return x.narrow(dim, start, count);
      const one = x.narrow(dim, start, 1);
      return one.expand(one.shape.map((n, axis) => (axis === dim ? count : n)));
    }),
    { dim },
  );
}

/** Numbers that count up by 1, or stay the same. */
interface Run {
  readonly start: number;
  count: number;
  step: 0 | 1;
}

function runsOf(list: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const n of list) {
    const last = runs.at(-1);
    const goesOn = (step: 0 | 1): boolean => n === last!.start + step * last!.count;
    if (last !== undefined && last.count === 1 && (goesOn(0) || goesOn(1))) {
      last.step = goesOn(1) ? 1 : 0;
      last.count = 2;
    } else if (last !== undefined && goesOn(last.step)) last.count++;
    else runs.push({ start: n, count: 1, step: 1 });
  }
  return runs;
}
