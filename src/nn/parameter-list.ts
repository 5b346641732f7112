/** Parameters in a list, as `torch.nn.ParameterList`. */
import { argumentError, NablaError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * Holds parameters so that they belong to the module that has the list: numbered from 0, iterable;
 * a float tensor that is no parameter becomes one. `forward` throws. PyTorch:
 * `torch.nn.ParameterList`.
 */
export class ParameterList extends Module {
  constructor(parameters: Iterable<Tensor> = []) {
    super();
    for (const parameter of parameters) this.append(parameter);
  }

  /** Returns how many parameters it has. */
  get length(): number {
    return this.list().length;
  }

  /**
   * Returns the parameter at a position; negative ones count from the end. Throws out of range.
   */
  at(index: number): Parameter {
    const list = this.list();
    const parameter = list.at(index);
    if (parameter !== undefined && Number.isInteger(index)) return parameter;
    throw argumentError(
      `ParameterList.at: ${index} is out of range; there are ${list.length} parameters.`,
    );
  }

  /** Adds a parameter at the end. Returns the list. Throws for what is no tensor. */
  append(parameter: Tensor): this {
    if (!(parameter instanceof Tensor)) {
      throw argumentError(
        `ParameterList: its entry ${this.length} is no tensor but ${typeof parameter}.`,
      );
    }
    const entry = parameter instanceof Parameter ? parameter : new Parameter(parameter);
    (this as unknown as Record<string, unknown>)[String(this.length)] = entry;
    return this;
  }

  /** Iterates over the parameters in order. */
  [Symbol.iterator](): Iterator<Parameter> {
    return this.list()[Symbol.iterator]();
  }

  /** Throws: use the parameters of the list one by one. */
  forward(): never {
    throw new NablaError(
      "unsupported",
      "ParameterList: a list has no forward; use its parameters.",
    );
  }

  override extraRepr(): string {
    const lines = this.list().map(
      (p, k) => `(${k}): Parameter containing: [${p.dtype} of size ${showShape(p.shape)}]`,
    );
    return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
  }

  private list(): Parameter[] {
    return Object.values(this).filter((value): value is Parameter => value instanceof Parameter);
  }
}
