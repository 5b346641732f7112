/**
 * The log of a trace: one line for each call. A later trace of the same function follows the lines
 * of the first, which says whether it does the same, and if not, where it parts.
 */
import type { TypedArray } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import type { Device } from "../runtime/device.ts";
import type { Node } from "../ir/node.ts";
import { attrsKey } from "../ir/node.ts";
import type { Mask, Specialization } from "../runtime/function.ts";
import { userSite } from "../runtime/user-site.ts";
import type { Value } from "./value.ts";

/** What a call is given. */
export interface Call {
  /** What is called: a function, a program whose gradient is taken, or a word for another act. */
  readonly what: object | string;
  readonly name: string;
  readonly attrs: unknown;
  readonly mask: Mask;
  readonly device: Device | null;
  /** The tensors as nodes at that point. */
  readonly inputs: readonly Node[];
  /** Numbers that are constants of the program, unless they turn out to hang on an argument. */
  readonly numbers: readonly number[];
}

/** What a call made. */
export interface Made {
  readonly results: readonly Node[];
  /** Inputs and numbers as nodes. */
  readonly nodes: readonly Node[];
  readonly spec: Specialization | null;
  /** A tensor that was made by a rule or of a host array: a constant of the program. */
  readonly constant: Value | null;
  /** That host array, which each replay reads again. */
  readonly array: TypedArray | null;
}

/** A line of the log. */
export interface Line extends Call, Made {
  /** Where it was called, from the user's view: read when a message needs it. */
  readonly site: Site;
}

/** A place in the user's code. */
export interface Site {
  /** Spells it, "" where it is not known. */
  text(): string;
}

/** Where two traces of one function part. */
export interface Difference {
  /** What it is about: decides the advice. */
  readonly about:
    "call" | "setting" | "number" | "outside" | "array" | "returned" | "end" | "state";
  readonly site: Site;
  /** What the first trace did there, and what the second does. */
  readonly was: string;
  readonly is: string;
}

/** Whether a call is that of a line but for its numbers. */
export function sameCall(line: Line, call: Call): boolean {
  return (
    line.what === call.what &&
    line.mask === call.mask &&
    line.device === call.device &&
    sameItems(line.inputs, call.inputs) &&
    line.numbers.length === call.numbers.length &&
    (line.attrs === call.attrs || attrsKey(line.attrs) === attrsKey(call.attrs))
  );
}

/** Whether two lists hold the same objects. */
export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether two lists hold the same numbers; NaN is one, and −0 is not 0. */
export function sameContents(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Spells a call as messages do; of its settings those that `other` has otherwise. */
function spell(call: Call | undefined, other: Call | undefined): string {
  if (call === undefined) return "nothing";
  const { what, name, attrs, numbers } = call;
  const list = numbers.map((x) => (Object.is(x, -0) ? "-0" : String(x)));
  const settings = what === other?.what ? settingsIn(attrs, other.attrs) : [];
  if (typeof what !== "string") return `${name}(${[...list, ...settings].join(", ")})`;
  return [name, list.join(), attrs === null ? "" : String(attrs)]
    .filter((part) => part !== "")
    .join(" ");
}

/** Spells the settings that are others elsewhere: `dim: 1`. */
function settingsIn(attrs: unknown, other: unknown, name = ""): string[] {
  if (attrsKey(attrs) === attrsKey(other)) return [];
  if (typeof attrs !== "object" || attrs === null || Array.isArray(attrs)) {
    const value = attrsKey(attrs).replaceAll(",", ", ");
    return name.length < 2 ? [value] : [`${name}: ${value}`]; // letters are the engine's names
  }
  const others = (other ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(attrs).flatMap(([key, value]) => settingsIn(value, others[key], key));
}

/** Says that two traces part in something that is at no line. */
export function differsIn(about: Difference["about"], was = "", is = ""): Difference {
  return { about, site: here(), was, is };
}

/** Says where a call parts from the line that another trace has in its place. */
export function differenceOf(line: Line | undefined, call: Call | undefined): Difference {
  const site = line?.site ?? here();
  const alike = line !== undefined && call !== undefined && line.what === call.what;
  const [was, is] = [spell(line, call), spell(call, line)];
  if (was === is) return { about: "outside", site, was, is };
  if (!alike) return { about: "call", site, was, is };
  const isSetting = attrsKey(line.attrs) !== attrsKey(call.attrs);
  return { about: isSetting ? "setting" : "number", site, was, is };
}

const CURES = {
  number: "A number that changes must be an argument, or read with scalar(() => value)",
  setting: "A setting that changes must be an argument: each value has a program of its own",
  call: "What decides that must be an argument: a number, a text, a truth value",
};

/** Says of two traces what one is that the other is not, and what to do. */
function explain(difference: Difference, later: boolean): string {
  const { was, is, about } = difference;
  const [first, second] = later ? ["when it was traced", "now"] : ["the first time", "the second"];
  switch (about) {
    case "call":
    case "setting":
    case "number":
      return `${was} ${first} and ${is} ${second}. ${CURES[about]}`;
    case "outside":
      return later
        ? `${was} takes another tensor than when it was traced. Pass it as an argument, or keep it in a cell`
        : `${was} takes another tensor from outside at each call. ` +
            "Make it once outside, or pass it as an argument";
    default:
      return `${was} ${first} and ${is} ${second}. Make it an argument, a cell, or a tensor result`;
  }
}

/** Throws: two traces differ, at the making of a program or, `later`, at a check of it. */
export function refuseDifference(difference: Difference, later: boolean): never {
  const fail = (text: string): never => {
    throw new NablaError("trace", `compile: ${text}.`);
  };
  switch (difference.about) {
    case "array":
      return fail(
        "an array that the function makes has other numbers at each call. " +
          "Make it outside and pass it as an argument",
      );
    case "end":
      return fail(
        "the function returns another tensor from outside at each call, or makes it a gradient. " +
          "Pass the tensor as an argument",
      );
    case "state":
      return fail("the state the function reads changes while it is traced");
    default: {
      const what = later ? "the function does something else" : "two traces of the function differ";
      return fail(`${what}${at(difference.site)}: ${explain(difference, later)}`);
    }
  }
}

/** Spells the place of a call in a message. */
export function at(site: Site): string {
  const text = site.text();
  return text === "" ? "" : ` (${text})`;
}

/** The present place: the first line of the stack that is not the engine's. */
export function here(): Site {
  const error = new Error();
  return { text: () => userSite(error) };
}
