/** The names that options take, of files that load no engine, so that `--help` comes at once. */
import { SCALER_KINDS } from "../data/scaler.ts";
import { ACTIVATION_NAMES } from "../models/activations.ts";

/** What the options of `nabla fit` can be, by option. */
export const FIT_CHOICES = {
  activation: ACTIVATION_NAMES,
  optimizer: ["adam", "sgd"],
  scale: SCALER_KINDS,
  missing: ["drop", "mean"],
  classWeight: ["balanced", "none"],
} as const;

/** What the options of `nabla export` can be, by option. */
export const EXPORT_CHOICES = {
  to: ["pytorch", "numpy", "typescript", "c", "excel", "schema"],
} as const;

/** What `--device` takes. */
export const DEVICE_CHOICES = ["auto", "wasm", "native"] as const;

/** A word of `--device`. */
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];
