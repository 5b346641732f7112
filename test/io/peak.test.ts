/**
 * The worst files for a reader's memory: valid as far as their checksum, as large as is allowed.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { runProgram } from "../support/child.ts";
import { looked } from "../support/guard.ts";
import { PICTURES } from "./pictures.ts";
import { chunk, header, png } from "./png-encoder.ts";
import { zip } from "./zip.ts";

/** Spoils the byte that many places from the end. */
function spoil(bytes: Uint8Array, fromEnd: number): Uint8Array {
  const out = Uint8Array.from(bytes);
  out[out.length - fromEnd]! ^= 1;
  return out;
}

const MOST = 24_000_000;

function largePng(): Uint8Array {
  const data = deflateSync(new Uint8Array(1440 * (1 + 2560 * 8)));
  const head = header({ width: 2560, height: 1440, depth: 16, colour: 6 });
  const end = chunk("IEND", new Uint8Array(0));
  return png(chunk("IHDR", head), chunk("IDAT", spoil(data, 1)), end);
}

function largeJpeg(): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(PICTURES["progressive444"]!.jpeg, "base64"));
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc2);
  bytes.set([1440 >> 8, 1440 & 255, 2560 >> 8, 2560 & 255], at + 5);
  return bytes;
}

const cases = {
  npz: ["npz", zip(new Uint8Array(MOST), { method: 8, crc: 1 }), "its checksum is wrong"],
  idx: ["idx", spoil(gzipSync(new Uint8Array(MOST)), 8), "damaged or cut off"],
  PNG: ["image", largePng(), "damaged or cut off"],
  JPEG: ["image", largeJpeg(), "a scan is cut off"],
} as const;

test.each(Object.entries(cases))("%s", async (name, [kind, bytes, why]) => {
  const path = join(mkdtempSync(join(tmpdir(), "nabla-peak-")), "file");
  writeFileSync(path, bytes);
  const found = JSON.parse(await runProgram("io/peak-program.ts", [kind, path])) as {
    why: string;
    milliseconds: number;
    mebibytes: number;
  };
  expect(found.why).toContain(why);
  expect(found.mebibytes).toBeLessThan(64);
  expect(found.milliseconds).toBeLessThan(2000); // a second where nothing else runs
  console.log(`${name}: ${bytes.length} bytes took ${found.mebibytes.toFixed(0)} MiB`);
});

test("the measure sees what is taken", async ({ task }) => {
  const path = join(mkdtempSync(join(tmpdir(), "nabla-peak-")), "file");
  const large = new Uint8Array(40_000_000 + 16);
  large.set([0, 0, 8, 1, 40_000_000 >> 24, (40_000_000 >> 16) & 255, (40_000_000 >> 8) & 255, 0]);
  writeFileSync(path, large.subarray(0, 8 + 40_000_000));
  const text = await runProgram("io/peak-program.ts", ["idx", path]);
  const { mebibytes } = JSON.parse(text) as { mebibytes: number };
  looked(task, `peak: a tensor of 40 million bytes as int32 took ${mebibytes.toFixed(0)} MiB`);
  expect(mebibytes).toBeGreaterThan(150);
});
