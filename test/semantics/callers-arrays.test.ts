/** Lists that a caller passes may be written to afterwards: no later call sees it. */
import { full, nn, ones, randn, tensor, zeros } from "nabla";
import type { Tensor } from "nabla";
import { expect, test } from "vitest";

const F = nn.functional;

const calls: Readonly<Record<string, (list: number[]) => Tensor>> = {
  randn: (s) => randn(s),
  zeros: (s) => zeros(s),
  full: (s) => full(s, 3),
  sum: (d) => ones([2, 3, 4]).sum(d.map((x) => x - 2)),
  "sum over a list": (d) => ones([6, 6, 6, 6, 6]).sum(d),
  amax: (d) => ones([6, 6, 6, 6, 6]).amax(d),
  reshape: (s) => ones([6, 6]).reshape([...s, -1]),
  "reshape by a list": (s) => ones([6]).reshape(s),
  expand: (s) => ones([1, 1]).expand(s),
  permute: (p) => ones([4, 5, 6, 7]).permute([...p, 0, 1]),
  flip: (p) => ones([4, 5, 6, 7]).flip(p),
  pad: (p) => F.pad(ones([4, 4]), p),
  maxPool2d: (k) => F.maxPool2d(ones([1, 1, 8, 9]), k),
  avgPool2d: (k) => F.avgPool2d(ones([1, 1, 8, 9]), k),
  conv2d: (k) => F.conv2d(ones([1, 1, 8, 9]), ones([1, 1, 2, 2]), null, { stride: k }),
  layerNorm: (s) => F.layerNorm(ones([4, 2, 3]), s),
  "new nn.LayerNorm": (s) => new nn.LayerNorm(s).weight!,
  split: (s) => ones([5, 2]).split(s)[0]!,
};

test.each(Object.keys(calls))("%s", (name) => {
  const list = [2, 3];
  const call = calls[name]!;
  const first = call(list);
  const { shape } = first;
  const before = [...shape];
  list[0] = 1;
  list[1] = 1;
  expect(first.shape).toEqual(before);
  expect(call([2, 3]).shape).toEqual(before);
  expect(call([2, 3]).numel()).toBe(before.reduce((a, b) => a * b, 1));
});

test("a compiled program keeps its own lists", () => {
  const x = tensor([[1, 2, 3]]);
  const dims = [1];
  const y = x.sum(dims);
  dims[0] = 0;
  expect([y.toArraySync(), x.sum([1]).toArraySync()]).toEqual([[6], [6]]);
});
