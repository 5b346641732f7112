/** Adds an elementwise operation to copies of the files that CONTRIBUTING.md names, and runs it. */
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { doorsOf } from "./bundle.ts";
import { readFile, ROOT } from "./files.ts";

/** What is added to each file: the line after which it comes, and the text. */
const ADDED: Readonly<Record<string, readonly [after: string, text: string]>> = {
  "src/ir/attrs.ts": ["  neg: NoAttrs;\n", "  /** x³. */\n  cube: NoAttrs;\n"],
  "src/ir/ops.ts": [
    "export const OPS: { readonly [K in OpName]: OpRow<K> } = {\n",
    `  cube: unary("cube", FLOATS, (x) => scalar("mul", x, scalar("mul", x, x)), (b, g, x) =>
    op(b, "mul", g, op(b, "mul", fillLike(b, x, 3), square(b, x))),
  ),\n`,
  ],
  "src/tensor/functions/numeric.ts": [
    'import { all } from "./reduction.ts";\n',
    `/** x³. */
export const cube = /* @__PURE__ */ define("cube", {}, (b, x) => op(b, "cube", toFloat(b, x)));\n`,
  ],
};

/** The files that CONTRIBUTING.md names in its steps for an operation, in their order. */
export function stepsOf(contributing: string): string[] {
  const section = contributing.split("\n## Add an operation\n")[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\d\. [^`]*`(src\/[\w/-]+\.ts)`/gm)].map(([, path]) => path!);
}

/** The files that an added operation is written in. */
export const ADDED_FILES: readonly string[] = Object.keys(ADDED);

/** Runs a program that uses `cube`, with the operation added to `files` alone; its answers. */
export async function runAdded(files: readonly string[]): Promise<unknown> {
  const program = `
    import { tensor, ready } from "nabla";
    import { cube } from "nabla/ops";
    export async function run() {
      const answers = [];
      for (const device of ["interpret", "wasm"]) {
        await ready({ device });
        const x = tensor([-2, 0.5, 3], { requiresGrad: true, device });
        const y = cube(x);
        y.sum().backward();
        answers.push([...(await y.data())], [...(await x.grad.data())]);
      }
      return answers;
    }`;
  const doors = new Map([...doorsOf(ROOT), ["#host", join(ROOT, "src/host/node.ts")]]);
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: ROOT },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    tsconfigRaw: "{}",
    logLevel: "silent",
    plugins: [
      {
        name: "added operation",
        setup({ onLoad, onResolve }) {
          onResolve({ filter: /^(nabla|#)/ }, ({ path }) => ({ path: doors.get(path)! }));
          for (const file of files) {
            const [after, text] = ADDED[file]!;
            const path = join(ROOT, file);
            onLoad({ filter: new RegExp(`${file.replaceAll(/[./]/g, "[./\\\\\\\\]")}$`) }, () => {
              const contents = readFileSync(path, "utf8");
              if (!contents.includes(after)) throw new Error(`${file} has no line ${after}`);
              return { contents: contents.replace(after, after + text), loader: "ts" };
            });
          }
        },
      },
    ],
  });
  const code = Buffer.from(outputFiles[0]!.contents).toString("base64");
  const { run } = (await import(`data:text/javascript;base64,${code}`)) as {
    run: () => Promise<unknown>;
  };
  return run();
}

/** The steps that CONTRIBUTING.md has now. */
export function steps(): string[] {
  return stepsOf(readFile("CONTRIBUTING.md"));
}
