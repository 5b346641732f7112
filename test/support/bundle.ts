/** The size of a program once it is bundled for a page, as Vite does it. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type * as vite from "vite";
import { ROOT } from "./files.ts";

/** The training loop that the README shows. */
export const TRAINING_LOOP = `
import { tensor, nn, optim, manualSeed } from "nabla";
manualSeed(42);
const x = tensor([[0], [1]]);
const y = tensor([[0], [1]]);
const model = new nn.Sequential(new nn.Linear(1, 10), new nn.Tanh(), new nn.Linear(10, 1));
const lossFn = new nn.MSELoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
for (let epoch = 0; epoch < 5000; epoch++) {
  const loss = lossFn.forward(model.forward(x), y);
  loss.backward();
  optimizer.step();
  optimizer.zeroGrad();
  if (epoch % 500 === 0) console.log(epoch, await loss.item());
}`;

/**
 * Returns the gzipped bytes of a program, bundled and minified with the version that the lab uses.
 */
export async function bundledByVite(program: string): Promise<number> {
  const lab = createRequire(join(ROOT, "lab/package.json"));
  const url = pathToFileURL(lab.resolve("vite")).href;
  const { build } = (await import(url)) as typeof vite;
  const entry = "virtual:program";
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    resolve: {
      alias: {
        "#host": join(ROOT, "src/host/web.ts"),
        nabla: join(ROOT, "src/index.ts"),
      },
    },
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === entry ? `\0${id}` : null),
        load: (id) => (id === `\0${entry}` ? program : null),
      },
    ],
    build: { write: false, target: "es2022", rolldownOptions: { input: entry } },
  });
  if (!("output" in result)) throw new Error("vite did not return one bundle");
  const code = result.output.map((part) => (part.type === "chunk" ? part.code : "")).join("");
  return gzipSync(code, { level: 9 }).length;
}
