/** TensorFlow.js on its WASM backend, and on plain JavaScript where that lacks a gradient. */
import { join } from "node:path";
import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

const files = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
setWasmPaths(join(files, "..", "/"));
setThreadsCount(1); // its threads are those of browsers

/** What this library is called. */
export const name = `TensorFlow.js ${tf.version.tfjs}`;

/** The cases, as functions of the numbers they begin with; a call is one run. */
export const cases = {
  async product({ a, b, size }) {
    await tf.setBackend("wasm");
    const [x, y] = [tf.tensor2d(a, [size, size]), tf.tensor2d(b, [size, size])];
    return () => {
      const z = tf.matMul(x, y);
      const [first] = z.dataSync();
      z.dispose();
      return first;
    };
  },

  async nitrogen({ x, y, weights, adam }) {
    await tf.setBackend("cpu");
    return steps([1, 10, 1], weights, tf.tensor2d(x, [x.length, 1]), adam, "tanh", (out) =>
      out
        .sub(tf.tensor2d(y, [y.length, 1]))
        .square()
        .mean(),
    );
  },

  async mlp({ x, y, weights, batch }) {
    await tf.setBackend("cpu"); // on wasm, gradients of these take longer
    const target = tf.oneHot(tf.tensor1d(y, "int32"), 10);
    const loss = (out) => tf.losses.softmaxCrossEntropy(target, out);
    return steps([784, 256, 128, 10], weights, tf.tensor2d(x, [batch, 784]), 1e-3, "relu", loss);
  },
};

function steps(sizes, weights, input, adam, activation, lossOf) {
  const layers = weights.map((w, at) => {
    const kernel = tf.tensor2d(w, [sizes[at + 1], sizes[at]]);
    return [tf.variable(kernel.transpose()), tf.variable(tf.zeros([sizes[at + 1]]))];
  });
  const optimizer = adam ? tf.train.adam(adam) : tf.train.sgd(0.01);
  const forward = () => {
    let h = input;
    layers.forEach(([w, b], at) => {
      h = tf.matMul(h, w).add(b);
      if (at < layers.length - 1) h = h[activation]();
    });
    return lossOf(h);
  };
  return () =>
    tf.tidy(() => {
      const loss = optimizer.minimize(forward, true);
      return loss.dataSync()[0];
    });
}
