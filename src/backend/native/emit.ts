/** From a kernel's loops to a C function, a line for each statement. */
import type { Address, Expression, LoopForm, Statement, Variable } from "../../compiler/loop.ts";
import { SCRATCH_WORD } from "../linear/call-table.ts";
import { C_TYPE, SCALAR, spellConstant } from "./spell.ts";

/** What the function is called until its text has a name of its own. */
export const NAME = "NAME";

/** What a kernel returns when it fails. */
const STATUS = { index: 1, overflow: 2 } as const;

const LETTER = { value: "v", pointer: "p", distance: "d" } as const;

/** Spells a kernel: it takes the memory, its program's table, and the places of its params. */
export function spellKernel(form: LoopForm): string {
  return [
    `int32_t ${NAME}(char *base, uint32_t *table, const uint32_t *args) {`,
    ...form.variables.map((variable) => `  ${declare(variable)};`),
    ...form.body.flatMap((statement) => spell(statement, form, 1)),
    `  return 0;`,
    `}`,
  ].join("\n");
}

function declare(variable: Variable): string {
  const name = nameOf(variable);
  if (variable.kind === "distance") return `ptrdiff_t ${name}`;
  return `${C_TYPE[variable.dtype]} ${variable.kind === "pointer" ? "*" : ""}${name}`;
}

function nameOf({ kind, id }: Variable): string {
  return `${LETTER[kind]}${id}`;
}

function spell(statement: Statement, form: LoopForm, depth: number): string[] {
  const indent = "  ".repeat(depth);
  const value = (expression: Expression): string => spellValue(expression, form);
  const block = (head: string, body: readonly Statement[], last: readonly string[] = []) => [
    `${indent}${head} {`,
    ...body.flatMap((inner) => spell(inner, form, depth + 1)),
    ...last.map((line) => `${indent}  ${line}`),
    `${indent}}`,
  ];
  switch (statement.kind) {
    case "set":
      return [`${indent}${nameOf(statement.variable)} = ${value(statement.value)};`];
    case "store":
      return [`${indent}${spellElement(statement.at)} = ${value(statement.value)};`];
    case "loop": {
      const turn = `i${depth}`;
      const { moves, count, body } = statement;
      const from = moves.map(({ variable, from: start }) => {
        return `${indent}${nameOf(variable)} = ${start === null ? 0 : nameOf(start)};`;
      });
      const on = moves.map(({ variable, by }) => `${nameOf(variable)} += ${by};`);
      const head = `for (uint32_t ${turn} = 0; ${turn} < ${count}; ${turn}++)`;
      return [...from, ...block(head, body, on)];
    }
    case "while":
      return block(`while (${value(statement.test)})`, statement.body);
    case "if": {
      const then = block(`if (${value(statement.test)})`, statement.then);
      return statement.otherwise.length === 0
        ? then
        : [...then, ...block("else", statement.otherwise)];
    }
    case "check": {
      const report = `table[0] = (uint32_t)${value(statement.value)}`;
      const stop = `{ ${report}; return ${STATUS[statement.code]}; }`;
      return [`${indent}if (!${value(statement.holds)}) ${stop}`];
    }
    default:
      return statement satisfies never;
  }
}

/** The element at an address. */
function spellElement({ base, distance, offset }: Address): string {
  const terms = distance === null ? [] : [nameOf(distance)];
  if (offset !== 0 || terms.length === 0) terms.push(`${offset}`);
  return `${nameOf(base)}[${terms.join(" + ").replace("+ -", "- ")}]`;
}

/** One value: this backend takes one element at a time, so that lanes are single values. */
function spellValue(value: Expression, form: LoopForm): string {
  const inner = (expression: Expression): string => spellValue(expression, form);
  if (value.lanes !== 1) throw new Error(`native: ${value.op} in ${value.lanes} lanes`);
  switch (value.op) {
    case "variable":
      return nameOf(value);
    case "const":
      return spellConstant(value.dtype, value.value);
    case "load":
      return spellElement(value.at);
    case "pick":
      return spellElement(value.at[0]!);
    case "ramp":
      return inner(value.start);
    case "splat":
    case "lane":
    case "all":
      return inner(value.arg);
    case "first":
      return inner(value.count > 0 ? value.arg : value.other);
    case "within":
      return `((uint32_t)${inner(value.arg)} < ${value.size}u)`;
    case "start":
      return spellStart(value.param, form);
    case "address":
      return `&${spellElement(value.at)}`;
    case "distance":
      return `(ptrdiff_t)${inner(value.index)} * ${value.stride}`;
    case "shift":
    case "widen":
    case "narrow":
      throw new Error(`native: ${value.op} needs more than one lane`);
    default: {
      const from = value.args[0]!.dtype;
      const dtype = value.op === "select" ? value.dtype : from;
      return SCALAR[value.op](value.args.map(inner), value.dtype, dtype);
    }
  }
}

/** Where a param begins, whose address the table holds; or a block of scratch memory. */
function spellStart(param: number, form: LoopForm): string {
  const own = form.params[param];
  if (own !== undefined) {
    const word = `*(uint32_t *)((char *)table + args[${param}])`;
    return `(${C_TYPE[own.dtype]} *)(base + ${word})`;
  }
  const { dtype, offset } = form.scratch[param - form.params.length]!;
  return `(${C_TYPE[dtype]} *)(base + table[${SCRATCH_WORD}] + ${offset})`;
}
