/**
 * The activations that a perceptron may have, each named once, with its spelling in every language
 * that we write. Plain data: reading it loads no engine.
 */

/** How an activation is spelled. */
interface Spelling {
  /** Its module's class, in `nn` and in PyTorch. */
  readonly module: "Tanh" | "ReLU" | "Sigmoid" | "GELU" | "LeakyReLU";
  /** NumPy's expression of `z`, and its derivative by `z`, which may use the value `a`. */
  readonly numpy: (z: string) => string;
  readonly numpySlope: (z: string, a: string) => string;
  /** JavaScript's expression of `z`. */
  readonly javascript: string;
  /** C's expression of the float `z`. */
  readonly c: string;
  /** A spreadsheet's expression of a sum. */
  readonly excel: (sum: string) => string;
  /** Whether both need the error function `erf`, which neither language has; NumPy's is `gauss`. */
  readonly usesErf?: boolean;
}

/** Every activation by the name that options and files give it, in the order of help texts. */
export const ACTIVATIONS = {
  tanh: {
    module: "Tanh",
    numpy: (z) => `np.tanh(${z})`,
    numpySlope: (_, a) => `(1.0 - ${a} * ${a})`,
    javascript: "Math.tanh(z)",
    c: "tanhf(z)",
    excel: (sum) => `TANH(${sum})`,
  },
  relu: {
    module: "ReLU",
    numpy: (z) => `np.maximum(${z}, 0.0)`,
    numpySlope: (z) => `(${z} > 0.0)`,
    javascript: "z > 0 ? z : 0",
    c: "z > 0 ? z : 0",
    excel: (sum) => `MAX(0,${sum})`,
  },
  sigmoid: {
    module: "Sigmoid",
    numpy: (z) => `1.0 / (1.0 + np.exp(-${z}))`,
    numpySlope: (_, a) => `${a} * (1.0 - ${a})`,
    javascript: "1 / (1 + Math.exp(-z))",
    c: "1 / (1 + expf(-z))",
    // EXP ends in an error where its argument is large; TANH never does.
    excel: (sum) => `(1+TANH((${sum})/2))/2`,
  },
  gelu: {
    module: "GELU",
    numpy: (z) => `${z} * gauss(${z})`,
    numpySlope: (z) =>
      `(gauss(${z}) + ${z} * np.exp(-0.5 * ${z} * ${z}) / math.sqrt(2.0 * math.pi))`,
    javascript: "0.5 * z * (1 + erf(z / Math.SQRT2))",
    c: "0.5f * z * (1 + erff(z * 0.70710678f))",
    excel: (sum) => `0.5*(${sum})*(1+ERF((${sum})/SQRT(2)))`,
    usesErf: true,
  },
  leakyrelu: {
    module: "LeakyReLU",
    numpy: (z) => `np.where(${z} > 0.0, ${z}, 0.01 * ${z})`,
    numpySlope: (z) => `np.where(${z} > 0.0, 1.0, 0.01)`,
    javascript: "z > 0 ? z : 0.01 * z",
    c: "z > 0 ? z : 0.01f * z",
    excel: (sum) => `MAX(${sum},0.01*(${sum}))`,
  },
} as const satisfies Readonly<Record<string, Spelling>>;

/** The names of the activations. */
export type Activation = keyof typeof ACTIVATIONS;

/** The names of all activations, in the order in which help texts show them. */
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as readonly Activation[];

/** The activation of who names none. */
export const DEFAULT_ACTIVATION: Activation = "tanh";

/** Returns how an activation is spelled. */
export function spellingOf(activation: Activation): Spelling {
  return ACTIVATIONS[activation];
}
