/** From a kernel's loops to a C function, a line for each statement. */
import type { Address, Expression, LoopForm, Statement, Variable } from "../../compiler/loop.ts";
import { nameOf } from "../../compiler/loop.ts";
import type { ScalarOp } from "../../ir/scalar.ts";
import { SCRATCH_WORD, STATUS } from "../linear/call-table.ts";
import { NAME, SPREAD_AT } from "./pool.ts";
import { C_TYPE, SCALAR, spellConstant } from "./spell.ts";
import { spellLanes, typeOf } from "./vectors.ts";

/** What has a meaning for vectors alone. */
type Lanes = Extract<
  Expression,
  { op: "pick" | "ramp" | "lane" | "shift" | "first" | "all" | "widen" | "narrow" }
>;

type Loop = Extract<Statement, { kind: "loop" }>;

const GIVEN = "char *base, uint32_t *table, const uint32_t *args";

/** Threads share kernels of so many statements: below that, waking them takes as long. */
const SHARED_WORK = 60_000;

/** Spells a kernel: it takes the memory, its program's table, and the places of its params. */
export function spellKernel(form: LoopForm): string {
  return new Speller(form).kernel();
}

class Speller {
  readonly #form: LoopForm;

  constructor(form: LoopForm) {
    this.#form = form;
  }

  kernel(): string {
    const { body } = this.#form;
    const head = `int32_t ${NAME}(${GIVEN}) {`;
    const shared = sharedLoop(body);
    if (shared < 0) {
      const worker = `  const uint32_t worker = 0;`;
      return [head, worker, ...this.#body(body), `  return 0;`, `}`].join("\n");
    }
    const loop = body[shared] as Loop;
    const prepares = body.slice(0, shared).some(({ kind }) => kind !== "set");
    const rest = body.slice(shared + 1);
    return [
      `static void ${NAME}_piece(${GIVEN}, uint32_t piece, uint32_t pieces, uint32_t worker) {`,
      `  const uint32_t from = (uint64_t)${loop.count} * piece / pieces;`,
      `  const uint32_t to = (uint64_t)${loop.count} * (piece + 1) / pieces;`,
      ...this.#body(body.slice(0, shared)),
      ...this.#loop(loop, 1, ["from", "to"]),
      ...(rest.length === 0 ? [] : [`  if (piece + 1 < pieces) return;`]),
      ...rest.flatMap((statement) => this.#statement(statement, 1)),
      `}`,
      head,
      `  spread *share = *(spread **)(${SPREAD_AT});`,
      `  share(${NAME}_piece, base, table, args, ${loop.count}, ${prepares ? 1 : 4});`,
      `  return 0;`,
      `}`,
    ].join("\n");
  }

  #body(statements: readonly Statement[]): string[] {
    return [
      ...this.#form.variables.map((variable) => `  ${this.#declare(variable)};`),
      ...statements.flatMap((statement) => this.#statement(statement, 1)),
    ];
  }

  /** A loop, or the turns of it that one piece takes. */
  #loop({ moves, count, body }: Loop, depth: number, part?: readonly [string, string]): string[] {
    const indent = "  ".repeat(depth);
    const turn = `i${depth}`;
    const [first, end] = part ?? ["0", `${count}`];
    const from = moves.map(({ variable, from: start, by }) => {
      const ahead = part === undefined ? "" : ` + (ptrdiff_t)${first} * ${by}`;
      return `${indent}${nameOf(variable)} = ${start === null ? 0 : nameOf(start)}${ahead};`;
    });
    return [
      ...from,
      `${indent}for (uint32_t ${turn} = ${first}; ${turn} < ${end}; ${turn}++) {`,
      ...body.flatMap((inner) => this.#statement(inner, depth + 1)),
      ...moves.map(({ variable, by }) => `${indent}  ${nameOf(variable)} += ${by};`),
      `${indent}}`,
    ];
  }

  #type({ dtype, lanes }: Expression): string {
    return typeOf(dtype, lanes, this.#form.vectorBytes);
  }

  #declare(variable: Variable): string {
    const name = nameOf(variable);
    if (variable.kind === "distance") return `ptrdiff_t ${name}`;
    if (variable.kind === "pointer") return `${C_TYPE[variable.dtype]} *${name}`;
    return `${this.#type(variable)} ${name}`;
  }

  #statement(statement: Statement, depth: number): string[] {
    const indent = "  ".repeat(depth);
    const block = (head: string, body: readonly Statement[]): string[] => [
      `${indent}${head} {`,
      ...body.flatMap((inner) => this.#statement(inner, depth + 1)),
      `${indent}}`,
    ];
    switch (statement.kind) {
      case "set":
        return [`${indent}${nameOf(statement.variable)} = ${this.#value(statement.value)};`];
      case "store":
        return [`${indent}${this.#store(statement)};`];
      case "loop":
        return this.#loop(statement, depth);
      case "while":
        return block(`while (${this.#value(statement.test)})`, statement.body);
      case "if": {
        const then = block(`if (${this.#value(statement.test)})`, statement.then);
        return statement.otherwise.length === 0
          ? then
          : [...then, ...block("else", statement.otherwise)];
      }
      case "check": {
        const report = `table[0] = (uint32_t)${this.#value(statement.value)}`;
        const stop = `{ ${report}; return ${STATUS[statement.code]}; }`;
        return [`${indent}if (!${this.#value(statement.holds)}) ${stop}`];
      }
      default:
        return statement satisfies never;
    }
  }

  #store({ at, value, count, dtype }: Statement & { kind: "store" }): string {
    const text = this.#value(value);
    if (value.lanes === 1) return `${elementAt(at)} = ${text}`;
    const store = dtype === "bool" ? "keep" : "store";
    return `${store}_${this.#type(value)}(&${elementAt(at)}, ${text}, ${count})`;
  }

  #value(value: Expression): string {
    switch (value.op) {
      case "variable":
        return nameOf(value);
      case "const":
        return this.#splat(value, spellConstant(value.dtype, value.value));
      case "splat":
        return this.#splat(value, this.#value(value.arg));
      case "load":
        return this.#load(value);
      case "within":
        return `((uint32_t)${this.#value(value.arg)} < ${value.size}u)`;
      case "start":
        return this.#start(value.param);
      case "address":
        return `&${elementAt(value.at)}`;
      case "distance":
        return `(ptrdiff_t)${this.#value(value.index)} * ${value.stride}`;
      case "fused": {
        const args = value.args.map((arg) => this.#value(arg)).join(", ");
        return value.lanes === 1
          ? `__builtin_fmaf(${args})`
          : `fused_${this.#type(value)}(${args})`;
      }
      case "pick":
      case "ramp":
      case "lane":
      case "shift":
      case "first":
      case "all":
      case "widen":
      case "narrow":
        return this.#lanes(value);
      default:
        return this.#instruction(value);
    }
  }

  #instruction(value: Expression & { op: ScalarOp }): string {
    const args = value.args.map((arg) => this.#value(arg));
    const operand = value.args[0]!;
    if (value.lanes === 1) return SCALAR[value.op](args, value.dtype, operand.dtype);
    const type = [this.#type(value), value.dtype] as const;
    return spellLanes(value.op, args, type, [this.#type(operand), operand.dtype]);
  }

  #splat(value: Expression, text: string): string {
    if (value.lanes === 1) return text;
    return `splat_${this.#type(value)}(${value.dtype === "bool" ? `-(int)${text}` : text})`;
  }

  #load(value: Expression & { op: "load" }): string {
    if (value.lanes === 1) return elementAt(value.at);
    const type = this.#type(value);
    if (value.dtype === "bool") return `mask_${type}(&${elementAt(value.at)})`;
    return `*(${type}_at *)&${elementAt(value.at)}`;
  }

  /** What is done with lanes alone; a single lane is a value like any other. */
  #lanes(value: Lanes): string {
    const type = this.#type(value);
    switch (value.op) {
      case "pick": {
        const all = value.at.map(
          (at) => `${value.dtype === "bool" ? "-(int)" : ""}${elementAt(at)}`,
        );
        return value.lanes === 1 ? elementAt(value.at[0]!) : `(${type}){${all.join(", ")}}`;
      }
      case "ramp": {
        const steps = Array.from({ length: value.lanes }, (_, lane) => lane * value.stride);
        const start = this.#splat(value, this.#value(value.start));
        return value.lanes === 1 ? start : `(${start} + (${type}){${steps.join(", ")}})`;
      }
      case "lane": {
        const { arg, lane } = value;
        if (arg.lanes === 1) return this.#value(arg);
        const one = `(${this.#value(arg)})[${lane}]`;
        return value.dtype === "bool" ? `(${one} & 1)` : one;
      }
      case "shift":
        return `shift_${type}(${this.#value(value.arg)}, ${value.by})`;
      case "first": {
        const [arg, other] = [this.#value(value.arg), this.#value(value.other)];
        if (value.lanes === 1) return value.count > 0 ? arg : other;
        return `first_${type}(${arg}, ${other}, ${value.count})`;
      }
      case "all": {
        const arg = this.#value(value.arg);
        if (value.arg.lanes === 1) return arg;
        return `all_${this.#type(value.arg)}(${arg}, ${value.count})`;
      }
      case "widen":
        return `widen_${this.#type(value.arg)}(${this.#value(value.arg)}, ${value.half * value.lanes})`;
      case "narrow":
        return `narrow_${type}(${value.args.map((arg) => this.#value(arg)).join(", ")})`;
      default:
        return value satisfies never;
    }
  }

  /** Where a param begins, whose address the table holds; or a block of scratch memory. */
  #start(param: number): string {
    const { params, scratch, scratchBytes } = this.#form;
    const own = params[param];
    if (own !== undefined) {
      const word = `*(uint32_t *)((char *)table + args[${param}])`;
      return `(${C_TYPE[own.dtype]} *)(base + ${word})`;
    }
    const { dtype, offset } = scratch[param - params.length]!;
    const at = scratchBytes === 0 ? "" : ` + (size_t)worker * ${scratchBytes}`;
    return `(${C_TYPE[dtype]} *)(base + table[${SCRATCH_WORD}]${at} + ${offset})`;
  }
}

/** The element at an address. */
function elementAt({ base, distance, offset }: Address): string {
  const terms = distance === null ? [] : [nameOf(distance)];
  if (offset !== 0 || terms.length === 0) terms.push(`${offset}`);
  return `${nameOf(base)}[${terms.join(" + ").replace("+ -", "- ")}]`;
}

/** Which statement is the loop that threads share: −1 where none is worth it, or may fail. */
function sharedLoop(body: readonly Statement[]): number {
  const at = body.findIndex((statement) => statement.kind === "loop" && statement.apart);
  const { work, fails } = weigh(body);
  return fails || work < SHARED_WORK ? -1 : at;
}

/** About how many statements run, and whether one of them may end the kernel. */
function weigh(statements: readonly Statement[]): { work: number; fails: boolean } {
  let [work, fails] = [0, false];
  const add = (inner: readonly Statement[], times: number): void => {
    const own = weigh(inner);
    work += times * own.work;
    fails ||= own.fails;
  };
  for (const statement of statements) {
    if (statement.kind === "loop") add(statement.body, statement.count);
    else if (statement.kind === "while") add(statement.body, 8);
    else if (statement.kind === "if") add([...statement.then, ...statement.otherwise], 1);
    else work++;
    fails ||= statement.kind === "check";
  }
  return { work, fails };
}
