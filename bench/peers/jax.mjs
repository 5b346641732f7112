/** jax-js on its WASM device. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { init, defaultDevice, jit, numpy as np, valueAndGrad } from "@jax-js/jax";

const entry = createRequire(import.meta.url).resolve("@jax-js/jax");
const { version } = JSON.parse(readFileSync(join(dirname(entry), "..", "package.json"), "utf8"));
await init("wasm");
defaultDevice("wasm");

/** What this library is called. */
export const name = `jax-js ${version}`;

/** The cases, as functions of the numbers they begin with; a call is one run. */
export const cases = {
  async product({ a, b, size }) {
    const [x, y] = [a, b].map((values) => np.array(values).reshape([size, size]));
    return () => np.matmul(x.ref, y.ref).dataSync()[0];
  },

  async nitrogen({ x, y, weights, adam }) {
    if (adam) return null; // its optimizers are a package of their own
    const column = (values) => np.array(Float32Array.from(values)).reshape([values.length, 1]);
    const [input, target] = [column(x), column(y)];
    let state = [
      ...[np.array(weights[0]).reshape([1, 10]), np.zeros([10])],
      ...[np.array(weights[1]).reshape([10, 1]), np.zeros([1])],
    ];
    const loss = ([w1, b1, w2, b2], at, wanted) => {
      const out = np.matmul(np.tanh(np.matmul(at, w1).add(b1)), w2).add(b2);
      return np.mean(np.square(out.sub(wanted)));
    };
    const step = jit((parameters, at, wanted) => {
      const [value, grads] = valueAndGrad(loss)(
        parameters.map((p) => p.ref),
        at,
        wanted,
      );
      return [value, ...parameters.map((p, k) => p.sub(grads[k].mul(0.01)))];
    });
    return () => {
      const [value, ...next] = step(state, input.ref, target.ref);
      state = next;
      return value.dataSync()[0];
    };
  },
};
