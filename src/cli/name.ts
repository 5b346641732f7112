/**
 * How to call this program from here, so that every command we suggest can be typed as it stands.
 */
import { host } from "#host";
import { pathOfUrl } from "./package-file.ts";
import { quote } from "./words.ts";
import { fillText } from "./wrap.ts";

const IN_CHECKOUT = "dist/cli/main.js";
const EXAMPLE = "data/n2_cp.csv";

/** What commands to type are made of. */
export interface Caller {
  /** How the program is called. */
  readonly name: string;
  /** A table that is there. */
  readonly table: string;
}

/**
 * Returns `nabla`; `npx nabla` where a project has it for itself, or `node dist/cli/main.js` at the
 * root of a checkout whose program was not called by its name.
 */
export async function commandName(): Promise<string> {
  if (import.meta.url.includes("/node_modules/")) {
    return (await host.exists("node_modules/.bin/nabla")) ? "npx nabla" : "nabla";
  }
  const called = /(?:^|[\\/])nabla$/.test(host.variable("_") ?? "");
  return !called && (await host.exists(IN_CHECKOUT)) ? `node ${IN_CHECKOUT}` : "nabla";
}

/** Returns how the program is called here, and a table that it can be called with. */
export async function callerHere(): Promise<Caller> {
  return { name: await commandName(), table: await exampleTable() };
}

/** Names the table of the examples: here, in the project's package, or where the program lies. */
async function exampleTable(): Promise<string> {
  const packaged = pathOfUrl(new URL(`../../${EXAMPLE}`, import.meta.url));
  for (const path of [EXAMPLE, `node_modules/nabla/${EXAMPLE}`, packaged]) {
    if (await host.exists(path)) return quote(path);
  }
  return EXAMPLE;
}

/** Spells a help text for the terminal, with example lines that can be typed as they stand. */
export function spellExamples(text: string, { name, table }: Caller): string {
  const here = text
    .replaceAll(/^ {2}nabla /gm, `  ${name} `)
    .replaceAll(/(nabla fit|--csv) data\/n2_cp\.csv/g, (_, before: string) => `${before} ${table}`);
  return fillText(here, host.columns());
}
