/** A network and its optimizer as plain data that a message can carry, and back. */
import { Tensor, tensor } from "nabla";
import type { nn, optim } from "nabla";

interface Plain {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly dtype: Tensor["dtype"];
}

function isPlain(value: object): value is Plain {
  return "values" in value && "dtype" in value;
}

function freeze(value: unknown): unknown {
  if (value instanceof Tensor) {
    return { values: value.dataSync().slice(), shape: [...value.shape], dtype: value.dtype };
  }
  if (Array.isArray(value)) return value.map(freeze);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, freeze(one)]));
}

function thaw(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(thaw);
  if (typeof value !== "object" || value === null) return value;
  if (isPlain(value)) {
    const { values, shape, dtype } = value;
    return tensor(Array.from(values), { shape, dtype });
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, thaw(one)]));
}

type Optimizer = optim.Adam | optim.SGD;

/** Copies weights and the optimizer's state out of the engine. */
export function saveTraining(model: nn.Module, optimizer: Optimizer): unknown {
  return { model: freeze(model.stateDict()), optimizer: freeze(optimizer.stateDict()) };
}

/** Puts them back; the next step gives the same bits as it gave after saving. */
export function restoreTraining(saved: unknown, model: nn.Module, optimizer: Optimizer): void {
  const { model: weights, optimizer: state } = thaw(saved) as {
    model: Parameters<nn.Module["loadStateDict"]>[0];
    optimizer: ReturnType<Optimizer["stateDict"]>;
  };
  model.loadStateDict(weights);
  optimizer.loadStateDict(state);
}
