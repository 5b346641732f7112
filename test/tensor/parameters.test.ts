/** Parameters of functions: by position or by name, and apart where they only look alike. */
import { tensor } from "nabla";
import { hardtanh, softshrink } from "nabla/ops";
import { describe, expect, test } from "vitest";

describe("parameters", () => {
  test("that are infinite are not taken for missing ones", () => {
    const x = tensor([-5, 5]);
    expect(hardtanh(x).toArraySync()).toEqual([-1, 1]);
    expect(hardtanh(x, 0, Infinity).toArraySync()).toEqual([0, 5]);
    expect(hardtanh(x, -Infinity, 0).toArraySync()).toEqual([-5, 0]);
  });

  test("come by position, by name, or mixed", () => {
    const x = tensor([
      [1, 2],
      [3, 5],
    ]);
    const want = [[3], [8]];
    expect(x.sum(1, true).toArraySync()).toEqual(want);
    expect(x.sum(1, { keepdim: true }).toArraySync()).toEqual(want);
    expect(x.sum({ dim: 1, keepdim: true }).toArraySync()).toEqual(want);
    expect(x.var({ unbiased: false, dim: 0 }).toArraySync()).toEqual([1, 2.25]);
    expect(softshrink(tensor([NaN])).itemSync()).toBeNaN();
    expect(softshrink(x, { lambd: 2 }).toArraySync()).toEqual([
      [0, 0],
      [1, 3],
    ]);
  });

  test("with a misspelt name are an error that lists the names", () => {
    expect(() => tensor([1]).sum({ axis: 0 } as never)).toThrow(
      /sum: there is no option "axis"; there are dim, keepdim/,
    );
  });
});
