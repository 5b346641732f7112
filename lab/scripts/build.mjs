/**
 * `npm run build:lab`: the static lab in lab/dist. Builds the pages' scripts, renders every page with
 * the engine in Node, and lists all files for the service worker. Unchanged sources are not built again.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const LAB = fileURLToPath(new URL("..", import.meta.url));
const ROOT = join(LAB, "..");
/** The script of every page; what a page shows beside that is loaded with its view. */
const ENTRY = "app/start.ts";
const DIST = join(LAB, "dist");
const SSR = join(ROOT, ".cache/lab-render");
const STAMP = join(ROOT, ".cache/lab-build.txt");
const LOCK = join(ROOT, ".cache/lab-build.lock");

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function fingerprint() {
  const sources = ["app", "home", "lessons", "parts", "playground", "public", "scripts"]
    .flatMap((name) => filesBelow(join(LAB, name)))
    .concat(filesBelow(join(ROOT, "src")), join(LAB, "vite.config.ts"))
    .concat(join(ROOT, "package-lock.json"), join(ROOT, "data/n2_cp.csv"));
  const hash = createHash("sha256");
  for (const path of sources) hash.update(path.slice(ROOT.length)).update(readFileSync(path));
  return hash.digest("hex");
}

/** All files that an entry loads before it runs, in the manifest's names. */
function chunksOf(manifest, entry, found = new Set()) {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const name of manifest[entry].imports ?? []) chunksOf(manifest, name, found);
  return found;
}

async function renderPages(manifest) {
  const { PAGES, renderPage } = await import(pathToFileURL(join(SSR, "render.js")).href);
  let largest = 0;
  for (const page of PAGES) {
    const up = "../".repeat(page.path.split("/").length - 1) || "./";
    const found = chunksOf(manifest, `${page.folder}/View.svelte`, chunksOf(manifest, ENTRY));
    const chunks = [...found].map((name) => manifest[name]);
    const css = [...new Set(chunks.flatMap((chunk) => chunk.css ?? []))];
    const head = [
      ...css.map((file) => `<link rel="stylesheet" href="${up}${file}">`),
      ...chunks.slice(1).map((chunk) => `<link rel="modulepreload" href="${up}${chunk.file}">`),
    ].join("\n");
    const script = up + manifest[ENTRY].file;
    const html = await renderPage(page, { up, script, head, secure: true });
    // The policy forbids both; a browser would only drop them silently.
    const inner = html.replace(/<pre>[\s\S]*?<\/pre>/g, "");
    if (/<[^>]* style=/.test(inner)) throw new Error(`${page.path}: a style attribute`);
    mkdirSync(join(DIST, page.path), { recursive: true });
    writeFileSync(join(DIST, page.path, "index.html"), html);
    const bytes = chunks.map(({ file }) => gzipSync(readFileSync(join(DIST, file))).length);
    largest = Math.max(
      largest,
      bytes.reduce((a, b) => a + b, 0),
    );
  }
  return { pages: PAGES.length, largest };
}

function writeServiceWorker(version) {
  const files = filesBelow(DIST).map((path) => path.slice(DIST.length + 1).replaceAll("\\", "/"));
  const urls = files.map((file) => file.replace(/(^|\/)index\.html$/, "$1") || "./");
  const source = readFileSync(join(LAB, "scripts/service-worker.js"), "utf8");
  writeFileSync(
    join(DIST, "sw.js"),
    source.replace("__VERSION__", version.slice(0, 16)).replace("__FILES__", JSON.stringify(urls)),
  );
  return files;
}

/** Waits for another build under way; a lock that a killed build left behind counts for nothing. */
async function lock() {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (;;) {
    try {
      mkdirSync(LOCK);
      process.on("exit", () => rmSync(LOCK, { recursive: true, force: true }));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age > 60_000) rmSync(LOCK, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

await lock();
const version = fingerprint();
if (
  existsSync(STAMP) &&
  readFileSync(STAMP, "utf8") === version &&
  existsSync(join(DIST, "sw.js"))
) {
  console.log("lab/dist is up to date");
} else {
  const start = performance.now();
  rmSync(STAMP, { force: true });
  rmSync(DIST, { recursive: true, force: true });
  process.env.NODE_ENV = "production";
  const common = { configFile: join(LAB, "vite.config.ts"), logLevel: "warn" };
  const input = join(LAB, ENTRY);
  await build({
    ...common,
    build: { outDir: DIST, manifest: "manifest.json", rolldownOptions: { input } },
  });
  await build({
    ...common,
    build: { ssr: "app/render.ts", outDir: SSR, copyPublicDir: false },
  });
  const manifest = JSON.parse(readFileSync(join(DIST, "manifest.json"), "utf8"));
  rmSync(join(DIST, "manifest.json"));
  const { pages, largest } = await renderPages(manifest);
  const files = writeServiceWorker(version);
  const engine = files.filter((file) => file.endsWith(".js"));
  const total = engine.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(DIST, file))).length,
    0,
  );
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, version);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `built lab/dist in ${seconds} s: ${pages} pages, ${files.length + 1} files; scripts of a page at ` +
      `most ${Math.round(largest / 1000)} kB gzipped, all scripts ${Math.round(total / 1000)} kB`,
  );
}
