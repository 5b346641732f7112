/**
 * The names that options take, repeated here so that `--help` loads no engine; a test compares them
 * with those that the library knows.
 */

/** What the options of `nabla fit` can be, by option. */
export const FIT_CHOICES = {
  activation: ["tanh", "relu", "sigmoid", "gelu", "leakyrelu"],
  optimizer: ["adam", "sgd"],
  scale: ["minmax", "standard", "none"],
  missing: ["drop", "mean"],
} as const;

/** What the options of `nabla export` can be, by option. */
export const EXPORT_CHOICES = { to: ["pytorch", "numpy", "typescript"] } as const;
