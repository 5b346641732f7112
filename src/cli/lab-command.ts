/** The command `nabla lab` as the command line sees it. */
import type { Command } from "commander";
import { wholeNumber } from "./arguments.ts";

const HELP = `
The lab's lessons run in the browser, on this computer; nothing is sent anywhere.`;

/** Adds `nabla lab`; what does the work is loaded when it is called. */
export function addLab(program: Command): void {
  program
    .command("lab")
    .description("open the lessons in the browser, served to this computer only")
    .option(
      "--port <number>",
      "port to serve on, 0 for any that is free",
      wholeNumber(0, 65_535),
      4170,
    )
    .option("--no-open", "print the address, but open no browser")
    .addHelpText("after", HELP)
    .action(async (flags: { port: number; open: boolean }) => {
      const { lab } = await import("./lab.ts");
      await lab(flags);
    });
}
