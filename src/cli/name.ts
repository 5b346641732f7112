/**
 * How to call this program from here, so that every command we suggest can be typed as it stands.
 */
import { host } from "#host";

const IN_CHECKOUT = "dist/cli/main.js";

/**
 * Returns `nabla`, or `node dist/cli/main.js` at the root of a checkout that nothing has installed.
 */
export async function commandName(): Promise<string> {
  const installed = import.meta.url.includes("/node_modules/");
  const checkout = !installed && (await host.exists(IN_CHECKOUT));
  return checkout ? `node ${IN_CHECKOUT}` : "nabla";
}

/** Replaces `nabla` at the start of indented example lines by the way to call it. */
export function spellExamples(text: string, name: string): string {
  return text.replaceAll(/^ {2}nabla /gm, `  ${name} `);
}
