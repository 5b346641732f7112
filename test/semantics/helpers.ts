/** A small network, its data, and the bits of tensors: what the tests of semantics share. */
import type { Tensor } from "nabla";
import { manualSeed, nn, tensor } from "nabla";
import { bitsOf } from "../support/tensors.ts";

/** A network of two layers, the same each time. */
export function smallModel(seed = 7, dropout = 0): nn.Sequential {
  manualSeed(seed);
  const layers = [new nn.Linear(3, 8), new nn.Tanh(), new nn.Dropout(dropout), new nn.Linear(8, 2)];
  return new nn.Sequential(...layers);
}

/** Inputs [5, 3] and targets [5, 2]. */
export function smallData(shift = 0): { x: Tensor; y: Tensor } {
  const x = Array.from({ length: 5 }, (_, i) =>
    [0, 1, 2].map((j) => ((i * 7 + j * 3 + shift) % 11) / 5 - 1),
  );
  const y = Array.from({ length: 5 }, (_, i) =>
    [0, 1].map((j) => ((i * 5 + j * 2 + shift) % 7) / 3 - 1),
  );
  return { x: tensor(x), y: tensor(y) };
}

/** The bits of every parameter. */
export function modelBits(model: nn.Module): string[] {
  return [...model.parameters()].map(bitsOf);
}

export { bitsOf };
