/**
 * The names that options take, repeated here so that `--help` loads no engine; a test compares them
 * with those that the library knows.
 */
export const FIT_CHOICES = {
  activation: ["tanh", "relu", "sigmoid", "gelu", "leakyrelu"],
  optimizer: ["adam", "sgd"],
  scale: ["minmax", "standard", "none"],
} as const;
