/** Runs `nabla export`: reads the run, writes the program, says how to run it. */
import { host } from "#host";
import { showText } from "../core/format.ts";
import { VERSION } from "../core/version.ts";
import { exportNumpy } from "../export/numpy.ts";
import { exportPytorch } from "../export/pytorch.ts";
import { exportTypescript } from "../export/typescript.ts";
import type { ExportFlags } from "./export-flags.ts";
import { describeNetwork, describeTraining, readData, readRun } from "./read-run.ts";
import { quote } from "./words.ts";

/** Writes a run as a program. */
export async function exportRun(path: string, { to, out, table }: ExportFlags): Promise<void> {
  const run = await readRun(path);
  const command = run.config.command ?? `nabla fit (${showText(run.folder)})`;
  const network = await describeNetwork(run.model, command, VERSION);
  let program: string;
  if (to === "typescript") program = exportTypescript(network);
  else {
    const training = await describeTraining(run, await readData(run, table));
    const source = { network, training, file: out ?? "program.py" };
    program = to === "pytorch" ? exportPytorch(source) : exportNumpy(source);
  }
  if (out === undefined) {
    host.write("stdout", program);
    return;
  }
  await host.writeFileAtomic(out, program);
  const size = new TextEncoder().encode(program).length;
  const next = to === "typescript" ? usage(out, network.inputs) : `Next: python3 ${quote(out)}`;
  host.write("stdout", `Wrote ${showText(out, 300)} (${(size / 1000).toFixed(1)} kB). ${next}\n`);
}

function usage(out: string, inputs: readonly { readonly name: string }[]): string {
  const module = `./${out.split(/[\\/]/).at(-1)!}`;
  const row = inputs.map(({ name }) => showText(name)).join(", ");
  return `Next: import { predict } from ${JSON.stringify(module)}; predict([${row}])`;
}
