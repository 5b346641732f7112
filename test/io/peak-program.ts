/**
 * Reads one file in a process of its own; says how far its memory rose, how long it took, and why.
 */
import { readFileSync } from "node:fs";
import { decodeIdx, decodeImage, decodeNpz } from "../../src/doors/io.ts";

const readers = { idx: decodeIdx, image: decodeImage, npz: decodeNpz };
const [kind, path] = process.argv.slice(2) as [keyof typeof readers, string];
const bytes = new Uint8Array(readFileSync(path));
const before = process.resourceUsage().maxRSS;
const start = performance.now();
const why = await readers[kind](bytes).then(
  () => "",
  (error: unknown) => String(error),
);
const milliseconds = performance.now() - start;
const mebibytes = (process.resourceUsage().maxRSS - before) / 1024;
console.log(JSON.stringify({ why, milliseconds, mebibytes }));
