/** Vite for the lab: the engine from its sources, lessons from Markdown, pages from one table. */
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { devPages, lessonText } from "./scripts/plugins.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ command, isSsrBuild }) => ({
  root: at("."),
  base: command === "serve" ? "/" : "./",
  appType: "custom",
  cacheDir: at("../.cache/vite"),
  plugins: [lessonText(), svelte({ configFile: false }), devPages()],
  resolve: {
    alias: [
      // The page's build runs in the worker, the other one in Node while pages are rendered.
      { find: /^#host$/, replacement: at(`../src/host/${isSsrBuild ? "node" : "web"}.ts`) },
      {
        find: /^#native$/,
        replacement: at(`../src/backend/native/${isSsrBuild ? "backend" : "absent"}.ts`),
      },
      { find: /^nabla$/, replacement: at("../src/doors/index.ts") },
      { find: /^nabla\/([\w/]+)$/, replacement: at("../src/doors/$1.ts") },
    ],
  },
  // Layers are called by their classes, whose names a bundler shortens.
  worker: { format: "es" as const, rolldownOptions: { output: { keepNames: true } } },
  build: { target: "es2022", emptyOutDir: true, assetsInlineLimit: 0, modulePreload: false },
}));
