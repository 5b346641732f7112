/** LSTM with projected states: names, text, lengths, one program, and what is refused. */
import { compile, nn, ones, randn, tensor } from "nabla";
import type { Tensor } from "nabla";
import { expect, it } from "vitest";
import * as R from "../../src/tensor/functions/recurrent.ts";

it("has PyTorch's names, order and text", () => {
  const layer = new nn.LSTM(3, 4, 2, true, false, 0, true, 2);
  const shapes = Object.entries(layer.stateDict()).map(([key, x]) => [key, x.shape]);
  expect(shapes.slice(0, 6)).toEqual([
    ["weight_ih_l0", [16, 3]],
    ["weight_hh_l0", [16, 2]],
    ["bias_ih_l0", [16]],
    ["bias_hh_l0", [16]],
    ["weight_hr_l0", [2, 4]],
    ["weight_ih_l0_reverse", [16, 3]],
  ]);
  expect(shapes).toContainEqual(["weight_ih_l1", [16, 4]]);
  expect(String(layer)).toBe("LSTM(3, 4, proj_size=2, num_layers=2, bidirectional=True)");
});

it("gives narrow outputs and states h, wide states c, also with dropout between layers", () => {
  const layer = new nn.LSTM(3, 4, { projSize: 2, numLayers: 2, dropout: 0.5 });
  const [y, [h, c]] = layer.forward(randn([5, 2, 3]));
  expect([y.shape, h.shape, c.shape]).toEqual([
    [5, 2, 2],
    [2, 2, 2],
    [2, 2, 4],
  ]);
  const again = layer.eval().forward(randn([1, 2, 3]), [h, c]);
  expect(again[0].shape).toEqual([1, 2, 2]);
});

it("keeps states after the end of a sequence, and runs compiled", () => {
  const layer = new nn.LSTM(3, 4, { projSize: 2 });
  const x = randn([4, 2, 3]);
  const lengths = tensor([4, 2], { dtype: "int32" });
  const [y, [h, c]] = layer.forward(x, null, { lengths });
  const [, [short, wide]] = layer.forward(x.narrow(0, 0, 2));
  expect(h.select(1, 1).toArraySync()).toEqual(short.select(1, 1).toArraySync());
  expect(c.select(1, 1).toArraySync()).toEqual(wide.select(1, 1).toArraySync());
  const run = compile((t: Tensor) => layer.forward(t, null, { lengths })[0]);
  expect(run(x).toArraySync()).toEqual(y.toArraySync());
});

it("refuses what does not fit", () => {
  expect(() => new nn.LSTM(3, 4, { projSize: 4 })).toThrow("projSize is 4; need less than");
  expect(() => new nn.LSTM(3, 4, { projSize: -1 })).toThrow("projSize");
  expect(() => new nn.GRU(3, 4, { projSize: 2 } as never)).toThrow('no option "projSize"');
  const layer = new nn.LSTM(3, 4, { projSize: 2 });
  const x = ones([1, 1, 3]);
  expect(() => layer.forward(x, [ones([1, 1, 4]), ones([1, 1, 4])])).toThrow("[1, 1, 4]");
  const weights = [ones([16, 3]), ones([16, 2]), ones([3, 4])];
  const options = { bias: false, projected: true };
  expect(() => R.lstm(x, null, weights, options)).toThrow("weightHr is [3, 4]; need [4·H, 3]");
});

it("refuses options of the functions that they do not have", () => {
  const x = ones([1, 1, 2]);
  const weights = [ones([2, 2]), ones([2, 2])];
  const bad = (value: unknown): never => value as never;
  expect(() => R.rnn(x, null, weights, bad({ biass: false }))).toThrow("(bias?)");
  expect(() => R.rnn(x, null, weights, bad({ bias: false, nonlinearity: "gelu" }))).toThrow("gelu");
  expect(() => R.lstm(x, null, weights, bad({ numLayer: 2 }))).toThrow("(numLayers?)");
  expect(() => R.gru(x, null, weights, bad({ projected: true }))).toThrow('no option "projected"');
  expect(() => R.gru(x, null, weights, bad(2))).toThrow("2 stands where options do");
  const h = ones([1, 2]);
  expect(() => R.rnnLayer(x, h, weights, bad({ reversed: true }))).toThrow("(reverse?)");
  expect(() => R.lstmLayer(x, [h, h], weights, bad({ bidirectional: true }))).toThrow("reverse");
  expect(() => R.rnnCell(h, h, weights, bad("sigmoid"))).toThrow("sigmoid");
});
