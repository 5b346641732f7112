/** Tensors on two devices: gradients go where their tensors are. */
import type { Tensor } from "nabla";
import { autograd, compile, noGrad, tensor } from "nabla";
import { expect, test } from "vitest";

const leaf = (): Tensor => tensor([1, 2, 3], { requiresGrad: true });

test("gradients move back through to(device)", () => {
  const x = leaf();
  const y = x.mul(2).to("interpret");
  expect([y.device, y.requiresGrad, y.isLeaf]).toEqual(["interpret", true, false]);
  y.pow(2).to("wasm").mul(x).sum().backward();
  expect(x.grad!.device).toBe("wasm");
  expect(x.grad!.toArraySync()).toEqual([12, 48, 108]); // of 4x³
});

test("a leaf that is moved gets the gradient itself", () => {
  const x = leaf();
  const moved = x.to("interpret");
  moved.mul(moved).sum().backward();
  expect([x.grad!.device, x.grad!.toArraySync()]).toEqual(["wasm", [2, 4, 6]]);
  expect(moved.grad).toBeNull();
});

test("gradients of gradients cross devices", () => {
  const x = leaf();
  const [slope] = autograd.grad(x.to("interpret").pow(3).sum(), x, { createGraph: true });
  const [second] = autograd.grad(slope!.sum(), x);
  expect([slope!.toArraySync(), second!.toArraySync()]).toEqual([
    [3, 12, 27],
    [6, 12, 18],
  ]);
});

test("what is moved without recording requires no gradient", () => {
  const x = leaf();
  expect(noGrad(() => x.to("interpret")).requiresGrad).toBe(false);
  expect(x.detach().to("interpret").requiresGrad).toBe(false);
});

test("a move inside a compiled function is refused as a move", () => {
  const f = compile((x: Tensor) => x.to("interpret"));
  expect(() => f(tensor([1]))).toThrow("a tensor is moved to another device inside the compiled");
});
