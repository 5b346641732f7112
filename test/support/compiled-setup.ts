/** Runs a test file on programs from the first run on: what it looks at is compiled code. */
import { warmUp } from "../../src/runtime/executable.ts";

warmUp.runs = 0;
