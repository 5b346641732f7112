/** How the command ends. The codes are those that shells and their users know. */

/** The exit codes: 0 is success; a signal gives 128 + its number. */
export const EXIT = {
  failed: 1,
  usage: 2,
  /** The terminal was closed. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
  /** The reader of standard output went away (as in `| head`). */
  closedOutput: 141,
} as const;

/** An end that needs no more than a sentence and a code. */
export class ExitError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
