/** The options of one group are its own: a list changed in place changes no other optimizer. */
import { expect, it } from "vitest";
import { optim, tensor } from "nabla";
import type { Tensor } from "nabla";

const leaf = (): Tensor => tensor([1], { requiresGrad: true });

it("a group's list of options is neither the default nor another group's", () => {
  const first = new optim.Adam([{ params: [leaf()] }, { params: [leaf()] }]);
  const betas = first.paramGroups[0]!.betas as [number, number];
  betas[0] = 0.5;
  expect(first.paramGroups[1]!.betas).toEqual([0.9, 0.999]);
  expect(new optim.Adam([leaf()]).paramGroups[0]!.betas).toEqual([0.9, 0.999]);
});

it("a list that was given may be written to afterwards", () => {
  const betas: [number, number] = [0.8, 0.99];
  const optimizer = new optim.Adam([leaf()], { betas });
  betas[0] = 0.1;
  expect(optimizer.paramGroups[0]!.betas).toEqual([0.8, 0.99]);
});
