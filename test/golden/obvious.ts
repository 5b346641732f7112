/**
 * The call that a user of PyTorch would write: its name in camel case, required arguments by
 * position, the others by position or by name in one options object.
 */
import { readFileSync } from "node:fs";
import * as nabla from "nabla";
import * as ops from "nabla/ops";
import { camelCase } from "./bind.ts";

/** A parameter of PyTorch: its name, whether it has a default, whether it comes only by name. */
type Parameter = readonly [name: string, optional: boolean, keywordOnly: boolean];

const SIGNATURES = JSON.parse(
  readFileSync(new URL("signatures.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly (readonly Parameter[])[]>>;

/** Where an operation was found: a method of the input, or a function. */
export interface Spelling {
  readonly where: "method" | "function";
  readonly run: (...args: readonly unknown[]) => unknown;
}

type Functions = Readonly<Record<string, unknown>>;

/** Finds the operation under its own name: as a method, as a function, or both. */
export function spellingsOf(op: string): Spelling[] {
  const path = op.split(".");
  const name = camelCase(path.at(-1)!);
  const places: Functions[] =
    path.length === 1
      ? [nabla as Functions, ops as Functions]
      : [path[0] === "linalg" ? nabla.linalg : (nabla.nn.functional as Functions)];
  const found: Spelling[] = [];
  const run = places.map((place) => place[name]).find((f) => typeof f === "function");
  if (run !== undefined) found.push({ where: "function", run: run as Spelling["run"] });
  const method = (nabla.Tensor.prototype as unknown as Functions)[name];
  if (path.length === 1 && typeof method === "function") {
    found.push({
      where: "method",
      run: (x, ...rest) => (method as (...args: unknown[]) => unknown).apply(x, rest),
    });
  }
  return found;
}

/** Names of Python's that say nothing here: where a tensor lies, how PyTorch computes. */
const SILENT = new Set(["device", "_stacklevel", "compute_mode", "out_int32"]);

/**
 * The arguments of the call: as they were given, or with every optional one by name. Required ones
 * come by position in both.
 */
export function argumentsOf(
  op: string,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
  mode: "given" | "named",
): unknown[] {
  const names = Object.keys(kwargs).filter((name) => !SILENT.has(name));
  const signature = signatureOf(op, args.length, names);
  const positional = args.filter((_, i) => !SILENT.has(signature[i]?.[0] ?? ""));
  const left = new Map(names.map((name) => [name, kwargs[name]]));
  for (const [name, optional, only] of signature.slice(args.length)) {
    if (optional || only || !left.has(name)) break;
    positional.push(left.get(name));
    left.delete(name);
  }
  if (mode === "named") {
    while (positional.length > 1 && signature[positional.length - 1]?.[1]) {
      left.set(signature[positional.length - 1]![0], positional.pop());
    }
  }
  const options = Object.fromEntries([...left].map(([name, value]) => [camelCase(name), value]));
  return Object.keys(options).length === 0 ? positional : [...positional, options];
}

/** The overload that takes those arguments. */
function signatureOf(op: string, count: number, names: readonly string[]): readonly Parameter[] {
  const fits = (SIGNATURES[op] ?? []).filter((parameters) => {
    const known = parameters.map(([name]) => name);
    const places = parameters.filter(([, , only]) => !only).length;
    const first = known.slice(0, count);
    const needed = parameters
      .slice(count)
      .filter(([name, optional]) => !optional && !names.includes(name));
    return (
      count <= places &&
      needed.length === 0 &&
      names.every((name) => known.includes(name) && !first.includes(name))
    );
  });
  return fits[0] ?? [];
}
