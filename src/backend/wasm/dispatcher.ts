/**
 * The one function that JavaScript calls: it runs a list of kernels through the shared table, and
 * lists within it again and again without coming back. linear/call-table.ts has the layout of both.
 */
import { SCAN, SCRATCH_WORD } from "../linear/call-table.ts";
import type { Dispatch } from "../linear/library.ts";
import { Module } from "./assembler.ts";
import type { Code, Local } from "./assembler.ts";
import { KERNEL } from "./emit.ts";

/** The numbers of the module's functions, in the order in which they are made. */
const RUN = 0;
const TURNS = 1;

/** Makes the dispatcher of a memory and a function table. */
export function makeDispatcher(memory: WebAssembly.Memory, table: WebAssembly.Table): Dispatch {
  const module = new Module({ table: true });
  const type = module.type(KERNEL);
  module.function("run", { params: ["i32", "i32", "i32"], results: ["i32"] }, (code) => {
    const [words, calls, count] = [code.params[0]!, code.params[1]!, code.params[2]!];
    const at = code.local("i32");
    const slot = code.local("i32");
    const list = code.local("i32");
    const status = code.local("i32");
    code.get(count).if(() => {
      code.loop((again) => {
        code.get(calls).memory("i32.load", 4).set(list);
        code.get(calls).memory("i32.load").tee(slot).i32(SCAN).op("i32.eq");
        code.if(
          () => code.get(words).get(list).call(TURNS).set(status),
          () => code.get(words).get(list).get(slot).callIndirect(type).set(status),
        );
        code.get(status).if(() => {
          code.get(at).i32(8).op("i32.shl").get(status).op("i32.or").op("return");
        });
        code.get(calls).i32(8).op("i32.add").set(calls);
        code.get(at).i32(1).op("i32.add").tee(at).get(count).op("i32.lt_u").brIf(again);
      });
    });
    code.i32(0);
  });
  module.function("turns", KERNEL, turns);
  const compiled = new WebAssembly.Module(module.encode());
  const instance = new WebAssembly.Instance(compiled, { env: { memory, table } });
  return instance.exports.run as Dispatch;
}

/** Runs the calls of a record so many times, moving its bindings on; see linear/call-table.ts. */
function turns(code: Code): void {
  const [outer, record] = [code.params[0]!, code.params[1]!];
  const inner = code.local("i32");
  const left = code.local("i32");
  const status = code.local("i32");
  code.get(record).memory("i32.load", 4).tee(inner);
  code
    .get(outer)
    .memory("i32.load", 4 * SCRATCH_WORD)
    .memory("i32.store", 4 * SCRATCH_WORD);
  eachBinding(code, record, 20, (binding) => {
    code.get(inner).get(binding).memory("i32.load").op("i32.add");
    code.get(outer).get(binding).memory("i32.load", 4).op("i32.add").memory("i32.load");
    code.get(binding).memory("i32.load", 8).op("i32.add").memory("i32.store");
  });
  code.get(record).memory("i32.load").set(left);
  code.loop((again) => {
    code.get(inner).get(record).memory("i32.load", 8).get(record).memory("i32.load", 12);
    code
      .call(RUN)
      .tee(status)
      .if(() => {
        code.get(outer).get(inner).memory("i32.load").memory("i32.store");
        code.get(status).i32(255).op("i32.and").op("return");
      });
    eachBinding(code, record, 16, (binding) => {
      const place = code.local("i32");
      code.get(inner).get(binding).memory("i32.load").op("i32.add").tee(place);
      code.get(place).memory("i32.load");
      code.get(binding).memory("i32.load", 12).op("i32.add").memory("i32.store");
    });
    code.get(left).i32(-1).op("i32.add").tee(left).brIf(again);
  });
  code.i32(0);
}

/** Runs `build` for the first bindings of a record; `countAt` is where their number stands. */
function eachBinding(
  code: Code,
  record: Local,
  countAt: number,
  build: (binding: Local) => void,
): void {
  code.scope(() => {
    const binding = code.local("i32");
    const left = code.local("i32");
    code.get(record).i32(24).op("i32.add").set(binding);
    code
      .get(record)
      .memory("i32.load", countAt)
      .tee(left)
      .if(() => {
        code.loop((again) => {
          build(binding);
          code.get(binding).i32(16).op("i32.add").set(binding);
          code.get(left).i32(-1).op("i32.add").tee(left).brIf(again);
        });
      });
  });
}
