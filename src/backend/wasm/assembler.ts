/**
 * A small WebAssembly assembler: functions are built instruction by instruction on the stack
 * machine, with structured control flow; a module is its bytes. `listing.ts` spells the same.
 */
import { CONTROL, LANE, MEMORY, MEMORY_LANE, PLAIN } from "./opcodes.ts";
import type { LaneOp, MemoryLaneOp, MemoryOp, PlainOp } from "./opcodes.ts";

/** The types of values on the stack and in locals. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

const TYPE_BYTE: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** The parameters and results of a function. */
export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A local variable of one function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** The target of a branch: the start of a loop, or the end of a block. */
export interface Label {
  readonly depth: number;
}

/** Appends `value` (0 … 2³² − 1) as unsigned LEB128. */
export function unsignedLeb(out: number[], value: number): void {
  let rest = value >>> 0;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
}

/** Appends the 32 bits of `value` as signed LEB128; 2³² − 1 and −1 are the same constant. */
export function signedLeb(out: number[], value: number): void {
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      out.push(low);
      return;
    }
    out.push(low | 0x80);
  }
}

/** A `local.set`, and the bytes that it is. */
interface Set {
  readonly local: Local | null;
  readonly from: number;
  readonly end: number;
}

const NO_SET: Set = { local: null, from: 0, end: -1 };

const scratch = new DataView(new ArrayBuffer(8));

/** A function under construction. */
export class Code {
  readonly signature: Signature;
  readonly name: string;
  readonly params: readonly Local[];
  readonly #bytes: number[] = [];
  protected readonly types: ValueType[];
  protected depth = 0;
  #free: Local[] = [];
  #scope: Local[] = [];
  /** The latest `local.set`, and where it stands. */
  #lastSet: Set = NO_SET;

  constructor(name: string, signature: Signature) {
    this.name = name;
    this.signature = signature;
    this.types = [...signature.params];
    this.params = signature.params.map((type, index) => ({ index, type }));
  }

  /** Makes a local variable for the whole function. */
  variable(type: ValueType): Local {
    return { index: this.types.push(type) - 1, type };
  }

  /** Takes a local variable; its value is unspecified. It is given back when the scope ends. */
  local(type: ValueType): Local {
    const at = this.#free.findLastIndex((one) => one.type === type);
    let taken: Local;
    if (at >= 0) {
      taken = this.#free[at]!;
      this.#free.splice(at, 1);
    } else {
      taken = this.variable(type);
    }
    this.#scope.push(taken);
    return taken;
  }

  /** Runs `build`; the locals it takes are free again afterwards. */
  scope(build: () => void): void {
    const outer = this.#scope;
    this.#scope = [];
    build();
    this.#free.push(...this.#scope.reverse());
    this.#scope = outer;
  }

  /** An instruction without immediates. */
  op(name: PlainOp): this {
    this.opcode(PLAIN[name], name);
    return this;
  }

  /** A load or a store at the address on the stack plus `offset`. */
  memory(name: MemoryOp, offset = 0): this {
    this.opcode(MEMORY[name], name, offset === 0 ? undefined : `offset=${offset}`);
    this.#bytes.push(0);
    unsignedLeb(this.#bytes, offset);
    return this;
  }

  /** A load or a store of one lane. */
  memoryLane(name: MemoryLaneOp, offset: number, lane: number): this {
    this.opcode(MEMORY_LANE[name], name, offset === 0 ? lane : `offset=${offset} ${lane}`);
    this.#bytes.push(0);
    unsignedLeb(this.#bytes, offset);
    this.#bytes.push(lane);
    return this;
  }

  /** Extracts or replaces one lane. */
  lane(name: LaneOp, lane: number): this {
    this.opcode(LANE[name], name, lane);
    this.#bytes.push(lane);
    return this;
  }

  /** Picks 16 bytes from the 32 of two operands. */
  shuffle(lanes: readonly number[]): this {
    this.opcode(CONTROL.shuffle, "i8x16.shuffle", lanes);
    this.#bytes.push(...lanes);
    return this;
  }

  /** An integer constant; addresses above 2³¹ are given as they are. */
  i32(value: number): this {
    this.opcode(CONTROL.i32Const, "i32.const", value | 0);
    signedLeb(this.#bytes, value);
    return this;
  }

  /** A 64-bit integer constant. */
  i64(value: bigint): this {
    this.opcode(CONTROL.i64Const, "i64.const", value);
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40)) {
        this.#bytes.push(low);
        return this;
      }
      this.#bytes.push(low | 0x80);
    }
  }

  /** A float constant. */
  f32(value: number): this {
    this.opcode(CONTROL.f32Const, "f32.const", value);
    scratch.setFloat32(0, value, true);
    this.#raw(4);
    return this;
  }

  /** A double constant. */
  f64(value: number): this {
    this.opcode(CONTROL.f64Const, "f64.const", value);
    scratch.setFloat64(0, value, true);
    this.#raw(8);
    return this;
  }

  /** A vector constant of four equal 32-bit, or given four different, integers. */
  v128(words: readonly [number, number, number, number]): this {
    this.opcode(CONTROL.v128Const, "v128.const i32x4", words);
    for (const word of words) {
      scratch.setInt32(0, word | 0, true);
      this.#raw(4);
    }
    return this;
  }

  get(local: Local): this {
    return this.#local(CONTROL.localGet, "local.get", local);
  }

  set(local: Local): this {
    return this.#local(CONTROL.localSet, "local.set", local);
  }

  tee(local: Local): this {
    return this.#local(CONTROL.localTee, "local.tee", local);
  }

  /** A loop; branching to its label starts it again. */
  loop(body: (again: Label) => void): this {
    return this.#structure(CONTROL.loop, "loop", body);
  }

  /** A block; branching to its label leaves it. */
  block(body: (end: Label) => void): this {
    return this.#structure(CONTROL.block, "block", body);
  }

  /** Runs `then` if the integer on the stack is not zero, else `otherwise`. */
  if(then: () => void, otherwise?: () => void): this {
    return this.#structure(CONTROL.if, "if", () => {
      then();
      if (!otherwise) return;
      this.depth--;
      this.opcode(CONTROL.else, "else");
      this.depth++;
      otherwise();
    });
  }

  br(label: Label): this {
    return this.#branch(CONTROL.br, "br", label);
  }

  /** Branches if the integer on the stack is not zero. */
  brIf(label: Label): this {
    return this.#branch(CONTROL.brIf, "br_if", label);
  }

  /** Calls the function of the same module with this number. */
  call(index: number): this {
    this.opcode(CONTROL.call, "call", index);
    unsignedLeb(this.#bytes, index);
    return this;
  }

  /** Calls function `index` of table 0 with the signature of number `type`. */
  callIndirect(type: number): this {
    this.opcode(CONTROL.callIndirect, "call_indirect", `(type ${type})`);
    unsignedLeb(this.#bytes, type);
    this.#bytes.push(0);
    return this;
  }

  /** What the code section wants before the instructions: the runs of equal locals. */
  locals(): number[] {
    const runs: [number, ValueType][] = [];
    for (const type of this.types.slice(this.params.length)) {
      const last = runs.at(-1);
      if (last && last[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    return [
      ...leb(runs.length),
      ...runs.flatMap(([count, type]) => [...leb(count), TYPE_BYTE[type]]),
    ];
  }

  /** The instructions, with the one that ends the function. */
  instructions(): readonly number[] {
    return [...this.#bytes, CONTROL.end];
  }

  #raw(count: number): void {
    for (let at = 0; at < count; at++) this.#bytes.push(scratch.getUint8(at));
  }

  /** Adds an instruction; what stands behind its name in a listing is the operand. */
  protected opcode(code: number, _name: string, _operand?: Operand): void {
    if (code >= 0x100) {
      this.#bytes.push(code >= 0xfd00 ? 0xfd : 0xfc);
      unsignedLeb(this.#bytes, code >= 0xfd00 ? code - 0xfd00 : code - 0xfc00);
    } else {
      this.#bytes.push(code);
    }
  }

  /** Says that the last instruction, a `local.set`, has become a `local.tee`. */
  protected teed(): void {}

  #local(code: number, name: string, local: Local): this {
    const start = this.#bytes.length;
    const { local: set, from, end } = this.#lastSet;
    if (code === CONTROL.localGet && set === local && end === start) {
      // what was just set is wanted
      this.#bytes[from] = CONTROL.localTee;
      this.#lastSet = NO_SET;
      this.teed();
      return this;
    }
    this.opcode(code, name, local.index);
    unsignedLeb(this.#bytes, local.index);
    if (code === CONTROL.localSet) {
      this.#lastSet = { local, from: start, end: this.#bytes.length };
    }
    return this;
  }

  #branch(code: number, name: string, label: Label): this {
    const depth = this.depth - label.depth - 1;
    this.opcode(code, name, depth);
    unsignedLeb(this.#bytes, depth);
    return this;
  }

  #structure(code: number, name: string, body: (label: Label) => void): this {
    this.opcode(code, name);
    this.#bytes.push(0x40);
    const label = { depth: this.depth };
    this.depth++;
    body(label);
    this.depth--;
    this.opcode(CONTROL.end, "end");
    return this;
  }
}

/** What stands behind an instruction's name in a listing. */
export type Operand = number | bigint | string | readonly number[];

/**
 * A module under construction. It imports memory `env.memory`, and table `env.table` if it asks.
 */
export class Module {
  readonly functions: Code[] = [];
  readonly #signatures: Signature[] = [];
  readonly #table: boolean;
  readonly #Code: new (name: string, signature: Signature) => Code;

  /** `FunctionCode`: what makes functions. */
  constructor(
    options: { readonly table?: boolean } = {},
    FunctionCode: new (name: string, signature: Signature) => Code = Code,
  ) {
    this.#table = options.table ?? false;
    this.#Code = FunctionCode;
  }

  /** Declares a signature and returns its number. */
  type(signature: Signature): number {
    this.#signatures.push(signature);
    return this.#signatures.length - 1;
  }

  /** Adds an exported function; `build` writes its body. */
  function(name: string, signature: Signature, build: (code: Code) => void): void {
    const code = new this.#Code(name, signature);
    build(code);
    this.functions.push(code);
  }

  /** The binary form. */
  encode(): Uint8Array<ArrayBuffer> {
    const types = [...this.#signatures, ...this.functions.map((code) => code.signature)];
    const first = this.#signatures.length;
    const names = this.functions.map((code, at) => [...encodeName(code.name), 0, ...leb(at)]);
    const bodies = this.functions.map((code) => {
      const [locals, instructions] = [code.locals(), code.instructions()];
      return [leb(locals.length + instructions.length), locals, instructions];
    });
    return joined([
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, types.map(encodeSignature)),
      ...section(2, this.#imports()),
      ...section(
        3,
        this.functions.map((_, at) => leb(first + at)),
      ),
      ...section(7, names),
      ...section(10, bodies.flat(), bodies.length),
    ]);
  }

  #imports(): number[][] {
    const memory = [0x02, 0x01, ...leb(0), ...leb(65536)];
    const imports = [[...encodeName("env"), ...encodeName("memory"), ...memory]];
    const table = [0x01, 0x70, 0x00, ...leb(0)];
    if (this.#table) imports.push([...encodeName("env"), ...encodeName("table"), ...table]);
    return imports;
  }
}

function leb(value: number): number[] {
  const out: number[] = [];
  unsignedLeb(out, value);
  return out;
}

function encodeName(name: string): number[] {
  const bytes = Array.from(name, (letter) => letter.charCodeAt(0));
  return [...leb(bytes.length), ...bytes];
}

function encodeSignature(signature: Signature): number[] {
  const list = (types: readonly ValueType[]): number[] => [
    ...leb(types.length),
    ...types.map((type) => TYPE_BYTE[type]),
  ];
  return [0x60, ...list(signature.params), ...list(signature.results)];
}

/** A section: its number, its length, how many items it has, and the pieces of these. */
function section(
  id: number,
  pieces: readonly (readonly number[])[],
  count = pieces.length,
): (readonly number[])[] {
  const head = leb(count);
  const length = pieces.reduce((sum, piece) => sum + piece.length, head.length);
  return [[id, ...leb(length), ...head], ...pieces];
}

function joined(pieces: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
