/** The command `nabla devices`. */
import type { Command } from "commander";
import { host } from "#host";
import type { Caller } from "./name.ts";
import { spellExamples } from "./name.ts";

const HELP = `
A fit runs on wasm unless --device names another; --device auto takes native where it can be used
and the network is large enough to gain by it, and says so.

Examples:
  nabla devices
  nabla fit data/n2_cp.csv --device auto`;

/** Adds `nabla devices`; what looks is loaded when it is called. */
export function addDevices(program: Command, caller: Caller): void {
  program
    .command("devices")
    .description("say which devices programs can run on here, and why others cannot")
    .option("--json", "print one JSON array")
    .addHelpText("after", spellExamples(HELP, caller))
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { deviceStates } = await import("./device.ts");
      const states = deviceStates();
      const lines = states.map(({ name: device, state, text }) => {
        return `${device.padEnd(10)} ${state === "ready" ? text : `not here: ${text}`}`;
      });
      host.write("stdout", `${json ? JSON.stringify(states) : lines.join("\n")}\n`);
    });
}
