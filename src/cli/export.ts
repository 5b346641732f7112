/** Runs `nabla export`: reads the run, writes the program, says how to run it. */
import { host } from "#host";
import { showText } from "../core/format.ts";
import { VERSION } from "../core/version.ts";
import { exportC } from "../export/c.ts";
import { exportExcel } from "../export/excel.ts";
import type { Network } from "../export/network.ts";
import { isText } from "../export/network.ts";
import { exportNumpy } from "../export/numpy.ts";
import { exportPytorch } from "../export/pytorch.ts";
import { exportSchema } from "../export/schema.ts";
import { exportTypescript } from "../export/typescript.ts";
import type { ExportFlags } from "./export-flags.ts";
import type { Run } from "./read-run.ts";
import { describeNetwork, describeTraining, readData, readRun } from "./read-run.ts";
import { byteSize, quote } from "./words.ts";

/** Writes a run as a program. */
export async function exportRun(path: string, { to, out, table }: ExportFlags): Promise<void> {
  const run = await readRun(path);
  const command = run.config.command ?? `nabla fit (${showText(run.folder)})`;
  const network = await describeNetwork(run.model, command, VERSION);
  const program = await programOf(run, network, { to, out, table });
  if (out === undefined) {
    host.write("stdout", program);
    return;
  }
  await host.writeFileAtomic(out, program);
  const size = new TextEncoder().encode(program).length;
  host.write(
    "stdout",
    `Wrote ${showText(out, 300)} (${byteSize(size)}). ${usage(to, out, network)}\n`,
  );
}

/** Writers that need the fitted network alone. */
const PREDICTORS = {
  typescript: exportTypescript,
  c: exportC,
  excel: exportExcel,
  schema: exportSchema,
} as const;

/** Writes what was asked for; programs that train need the table too. */
async function programOf(run: Run, network: Network, flags: ExportFlags): Promise<string> {
  const { to, out, table } = flags;
  if (to !== "pytorch" && to !== "numpy") return PREDICTORS[to](network);
  const training = await describeTraining(run, await readData(run, table));
  const source = { network, training, file: out ?? "program.py" };
  return to === "pytorch" ? exportPytorch(source) : exportNumpy(source);
}

/** Says what to do with the file. */
function usage(to: ExportFlags["to"], out: string, { inputs }: Network): string {
  const row = inputs.map(({ name }) => showText(name)).join(", ");
  if (to === "typescript") {
    const module = `./${out.split(/[\\/]/).at(-1)!}`;
    return `Next: import { predict } from ${JSON.stringify(module)}; predict([${row}])`;
  }
  if (to === "schema") return `It takes one row as an object: ${row}`;
  if (to === "excel") return "Next: copy its formulas into their cells";
  const program = quote(out.replace(/(?:\.c)?$/, ".out"));
  const compile = `cc -O2 ${quote(out)} -lm -o ${program}`;
  const at = inputs.map((column) => quote(isText(column) ? column.values[0]! : String(column.min)));
  const call = /[\\/]/.test(program) ? program : `./${program}`;
  return to === "c" ? `Next: ${compile} && ${call} ${at.join(" ")}` : `Next: python3 ${quote(out)}`;
}
