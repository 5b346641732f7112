/** The one function that JavaScript calls: it runs a list of kernels through the shared table. */
import { Module } from "./assembler.ts";
import { KERNEL } from "./emit.ts";

/** Runs `count` calls (function index, argument list); 0, or call number · 256 + status. */
export type Dispatch = (table: number, calls: number, count: number) => number;

/** Makes the dispatcher of a memory and a function table. */
export function makeDispatcher(memory: WebAssembly.Memory, table: WebAssembly.Table): Dispatch {
  const module = new Module({ table: true });
  const type = module.type(KERNEL);
  module.function("run", { params: ["i32", "i32", "i32"], results: ["i32"] }, (code) => {
    const [words, calls, count] = [code.params[0]!, code.params[1]!, code.params[2]!];
    const at = code.local("i32");
    const status = code.local("i32");
    code.get(count).if(() => {
      code.loop((again) => {
        code.get(words).get(calls).memory("i32.load", 4).get(calls).memory("i32.load");
        code
          .callIndirect(type)
          .tee(status)
          .if(() => {
            code.get(at).i32(8).op("i32.shl").get(status).op("i32.or").op("return");
          });
        code.get(calls).i32(8).op("i32.add").set(calls);
        code.get(at).i32(1).op("i32.add").tee(at).get(count).op("i32.lt_u").brIf(again);
      });
    });
    code.i32(0);
  });
  const compiled = new WebAssembly.Module(module.encode());
  const instance = new WebAssembly.Instance(compiled, { env: { memory, table } });
  return instance.exports.run as Dispatch;
}
