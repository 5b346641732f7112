/**
 * Test projects: `unit` (everything quick, compiled from the first run on), `first` (the semantics
 * as users have them: first runs by the definition), `late` (the semantics on a device that answers
 * later), `browser` (headless Chromium), `full` (slow, before a release).
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const alias = [
  { find: /^#host$/, replacement: source("host/node.ts") },
  { find: /^#native$/, replacement: source("backend/native/backend.ts") },
  { find: /^nabla$/, replacement: source("doors/index.ts") },
  { find: /^nabla\/([\w/]+)$/, replacement: source("doors/$1.ts") },
];

const shared = { pool: "forks", testTimeout: 30_000, hookTimeout: 60_000 } as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: {
          ...shared,
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/browser/**", "test/full/**"],
          setupFiles: ["test/support/compiled-setup.ts"],
        },
      },
      {
        resolve: { alias },
        test: {
          ...shared,
          name: "first",
          include: ["test/semantics/**/*.test.ts"],
          exclude: ["test/semantics/memory.test.ts"], // its runs are processes: they are first runs
        },
      },
      {
        resolve: { alias },
        test: {
          ...shared,
          name: "late",
          include: ["test/semantics/**/*.test.ts"],
          exclude: ["test/semantics/{memory,compile-memory}.test.ts"], // their runs are processes
          setupFiles: ["test/support/late-setup.ts"],
        },
      },
      {
        resolve: { alias },
        test: { ...shared, name: "browser", include: ["test/browser/**/*.test.ts"] },
      },
      {
        resolve: { alias },
        test: {
          ...shared,
          name: "full",
          include: ["test/full/**/*.test.ts"],
          testTimeout: 600_000,
        },
      },
    ],
  },
});
