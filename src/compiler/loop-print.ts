/** The loop form as text, for `explain` and for reviews. */
import type { DType } from "../core/dtype.ts";
import { loopsOf } from "./6-loops.ts";
import type { Plan } from "./kernel.ts";
import type { Limits } from "./limits.ts";
import type { Address, Expression, LoopForm, Move, Statement } from "./loop.ts";
import { nameOf } from "./loop.ts";

const SHORT: Readonly<Record<DType, string>> = {
  float32: "f32",
  float64: "f64",
  int32: "i32",
  bool: "bool",
};

/** Lists the loops of a plan's kernels for a device, each once, plans within it too. */
export function printLoops(plan: Plan, limits: Limits): string {
  const texts = new Set<string>();
  const stack = [...plan.calls].reverse();
  for (let call = stack.pop(); call !== undefined; call = stack.pop()) {
    const { kernel, origin } = call;
    if (kernel.kind === "scan") stack.push(...[...kernel.plan.calls].reverse());
    else texts.add(`${kernel.kind}: ${origin}\n${printForm(loopsOf(kernel, limits))}`);
  }
  return [...texts].join("\n\n");
}

/** Spells a kernel's loops, a line for each statement. */
export function printForm(form: LoopForm): string {
  const scratch = form.scratch.map(
    ({ dtype, offset }, at) => `#${form.params.length + at} ${SHORT[dtype]} at ${offset}`,
  );
  const list = scratch.length === 0 ? "" : ` (${scratch.join(", ")})`;
  const head = form.scratchBytes === 0 ? [] : [`scratch ${form.scratchBytes} bytes${list}`];
  return [...head, ...printAll(form.body, "")].join("\n");
}

function printAll(list: readonly Statement[], indent: string): string[] {
  return list.flatMap((statement) => printStatement(statement, indent));
}

function printStatement(statement: Statement, indent: string): string[] {
  const inside = `${indent}  `;
  switch (statement.kind) {
    case "set":
      return [`${indent}${nameOf(statement.variable)} = ${printValue(statement.value)}`];
    case "store": {
      const { at, value, count } = statement;
      const some = count === value.lanes ? "" : ` first ${count}`;
      return [`${indent}store${some} ${printAddress(at)} ← ${printValue(value)}`];
    }
    case "loop": {
      const moves = statement.moves.map(printMove).join(", ");
      const head = `${indent}loop ${statement.count}: ${moves}`;
      return [head.trimEnd(), ...printAll(statement.body, inside)];
    }
    case "while":
      return [`${indent}while ${printValue(statement.test)}`, ...printAll(statement.body, inside)];
    case "if": {
      const { test, then, otherwise } = statement;
      const rest = otherwise.length === 0 ? [] : [`${indent}else`, ...printAll(otherwise, inside)];
      return [`${indent}if ${printValue(test)}`, ...printAll(then, inside), ...rest];
    }
    case "check": {
      const { code, holds, value } = statement;
      return [`${indent}check ${printValue(holds)} else ${code} ${printValue(value)}`];
    }
    default:
      return statement satisfies never;
  }
}

function printMove({ variable, from, by }: Move): string {
  const start = from === null ? "0" : nameOf(from);
  return `${nameOf(variable)} = ${start} += ${by}`;
}

function printAddress({ base, distance, offset }: Address): string {
  const further = distance === null ? "" : `${nameOf(distance)} + `;
  return `${nameOf(base)}[${further}${offset}]`;
}

function typeOf({ dtype, lanes }: Expression): string {
  return lanes === 1 ? SHORT[dtype] : `${SHORT[dtype]}x${lanes}`;
}

function printValue(value: Expression): string {
  switch (value.op) {
    case "variable":
      return nameOf(value);
    case "const":
      return Object.is(value.value, -0) ? "-0" : `${value.value}`;
    case "load":
      return `load ${typeOf(value)} ${printAddress(value.at)}`;
    case "pick":
      return `pick ${typeOf(value)} ${value.at.map(printAddress).join(" ")}`;
    case "fused":
      return `fused ${typeOf(value)}(${value.args.map(printValue).join(", ")})`;
    case "splat":
      return `splat(${printValue(value.arg)})`;
    case "ramp":
      return `ramp(${printValue(value.start)}, ${value.stride})`;
    case "lane":
      return `lane ${value.lane}(${printValue(value.arg)})`;
    case "shift":
      return `shift ${value.by}(${printValue(value.arg)})`;
    case "first":
      return `first ${value.count}(${printValue(value.arg)}, ${printValue(value.other)})`;
    case "all":
      return `all ${value.count}(${printValue(value.arg)})`;
    case "within":
      return `within ${value.size}(${printValue(value.arg)})`;
    case "widen":
      return `${value.half === 0 ? "lower" : "upper"} ${typeOf(value)}(${printValue(value.arg)})`;
    case "start":
      return `start #${value.param}`;
    case "address":
      return `&${printAddress(value.at)}`;
    case "distance":
      return `${printValue(value.index)}·${value.stride}`;
    default:
      return `${value.op} ${typeOf(value)}(${value.args.map(printValue).join(", ")})`;
  }
}
