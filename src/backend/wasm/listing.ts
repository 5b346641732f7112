/** Kernels as the text form of WebAssembly, for people to read. */
import type { LoopedKernel } from "../../compiler/kernel.ts";
import type { Operand, ValueType } from "./assembler.ts";
import { Code, Module } from "./assembler.ts";
import { addKernel } from "./emit.ts";

/** A function under construction, and the lines that spell it. */
class ListedCode extends Code {
  readonly #lines: string[] = [];

  protected override opcode(code: number, name: string, operand?: Operand): void {
    super.opcode(code, name, operand);
    const bits = name.startsWith("v128.const") ? (operand as readonly number[]).map(hex) : operand;
    const text = bits === undefined ? name : `${name} ${spell(bits)}`;
    this.#lines.push(`${"  ".repeat(this.depth + 1)}${text}`);
  }

  protected override teed(): void {
    this.#lines.push(this.#lines.pop()!.replace("local.set", "local.tee"));
  }

  /** The function as text. */
  override toString(): string {
    const declare = (word: string, types: readonly ValueType[]): string =>
      types.length === 0 ? "" : ` (${word} ${types.join(" ")})`;
    const { params, results } = this.signature;
    const head = `(func $${this.name}${declare("param", params)}${declare("result", results)}`;
    const locals = declare("local", this.types.slice(params.length));
    return [head + locals, ...this.#lines, ")"].join("\n");
  }
}

function hex(word: number): string {
  return `0x${(word >>> 0).toString(16)}`;
}

function spell(operand: Operand | readonly string[]): string {
  if (typeof operand === "object") return operand.join(" ");
  return Object.is(operand, -0) ? "-0" : String(operand);
}

/** A module that can be spelled: `String(module.functions[0])`. */
export function listedModule(): Module {
  return new Module({}, ListedCode);
}

/** Spells a kernel. */
export function listWasm(kernel: LoopedKernel): string {
  const module = listedModule();
  addKernel(module, "run", kernel);
  return module.functions.join("\n");
}
