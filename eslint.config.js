/** The house rules that a linter can check. Import order and sizes: test/architecture.test.ts. */
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** These differ between engines in the last bits, and `same seed, same bits` forbids that. */
const INEXACT =
  "exp log log2 log10 log1p expm1 pow sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh cbrt hypot";

const inexactMath = INEXACT.split(" ").map((property) => ({
  object: "Math",
  property,
  message: "Browsers differ in its last bits: use src/core/math.ts.",
}));

const power = ["BinaryExpression[operator='**']", "AssignmentExpression[operator='**=']"].map(
  (selector) => ({ selector, message: "Browsers differ in its last bits: use src/core/math.ts." }),
);

const shape = [
  { selector: "ExportDefaultDeclaration", message: "Named exports only." },
  { selector: "TSEnumDeclaration", message: "Use a union of string literals." },
];

/** What only a class itself may touch is `#x`; `protected` stays for subclasses. */
const privacy = ["PropertyDefinition", "MethodDefinition", "TSParameterProperty"].map((node) => ({
  selector: `${node}[accessibility='private']`,
  message: "Private members are #x.",
}));

/** Where `private` is still written. Modules keep it: a copy by `clone()` would lack `#x`. */
const UNDER_PRIVATE = ["nn"];

const hostGlobals = ["process", "navigator", "Worker", "document", "window", "Buffer", "require"];

export default defineConfig(
  globalIgnores(["dist/", "lab/dist/", "node_modules/", ".cache/", "data/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    rules: {
      "max-depth": ["error", 3],
      "max-lines": ["error", 500],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
      "no-undef": "off", // the type checker knows better
      "no-control-regex": "off", // readers of files look for control characters
      "prefer-const": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "off", // noUncheckedIndexedAccess makes them honest
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "no-restricted-properties": ["error", ...inexactMath],
      "no-restricted-syntax": ["error", ...power, ...shape, ...privacy],
      "no-restricted-globals": [
        "error",
        ...hostGlobals.map((name) => ({ name, message: "Only src/host may name it: use #host." })),
      ],
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["node:*"], message: "Only src/host may: use #host." }] },
      ],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/return-await": "error", // a promise returned from a try is awaited there
    },
  },
  {
    files: UNDER_PRIVATE.map((folder) => `src/${folder}/**/*.ts`),
    rules: { "no-restricted-syntax": ["error", ...power, ...shape] },
  },
  { files: ["src/core/math.ts"], rules: { "no-restricted-properties": "off" } },
  {
    files: ["src/core/math.ts"],
    rules: { "no-restricted-syntax": ["error", ...shape] },
  },
  {
    files: ["src/host/**/*.ts"],
    rules: { "no-restricted-globals": "off", "no-restricted-imports": "off" },
  },
  {
    files: ["src/ir/ops.ts", "src/tensor/tensor.ts", "src/backend/wasm/assembler.ts"],
    rules: { "max-lines": ["error", 900] },
  },
  {
    files: ["test/**", "bench/**", "scripts/**"],
    rules: { "max-lines-per-function": "off" },
  },
);
