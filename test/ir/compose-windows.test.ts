/**
 * Gradients of convolutions, pools, upsampling and recurrent layers against central differences.
 */
import type { Builder } from "../../src/ir/builder.ts";
import type { Cell } from "../../src/ir/compose/recurrent.ts";
import { recurrent, recurrentCell } from "../../src/ir/compose/recurrent.ts";
import type { Node } from "../../src/ir/node.ts";
import { conv1d, conv2d, convTranspose2d } from "../../src/tensor/functions/convolution.ts";
import { adaptiveAvgPool2d, avgPool1d, avgPool2d } from "../../src/tensor/functions/pooling.ts";
import { upsample } from "../../src/tensor/functions/resampling.ts";
import { maxima } from "../../src/tensor/functions/windows.ts";
import type { Given } from "./check.ts";
import { gradientErrors, run, spread, tensor, vector } from "./check.ts";
import { describe, expect, test } from "vitest";

type Build = (b: Builder, ...inputs: Node[]) => Node | readonly Node[];

function check(name: string, given: readonly Given[], build: Build, linear = false): void {
  test(name, { timeout: 60_000 }, () => {
    const found = gradientErrors(given, build);
    expect(found.first.checked).toBeGreaterThan(0);
    expect(found.first.alive).toBe(true);
    expect(found.first.worst).toBeLessThan(1e-6);
    if (!linear) expect(found.second!.worst).toBeLessThan(1e-5);
  });
}

const small = (shape: number[], seed: number): Given => spread(shape, seed, -1, 1);

describe("convolutions", () => {
  check(
    "bias, stride, dilation, groups",
    [small([1, 4, 7], 2), small([2, 2, 2], 3), small([2], 4)],
    (b, x, w, bias) => conv1d.graph(b, x!, w!, bias!, 2, 1, 2, 2),
  );
  check("same, of an even kernel", [small([2, 3, 4], 5), small([1, 2, 2, 3], 6)], (b, x, w) =>
    conv2d.graph(b, x!, w!, null, 1, "same"),
  );
  check(
    "transposed",
    [small([1, 2, 3, 2], 7), small([2, 1, 2, 3], 8), small([2], 9)],
    (b, x, w, bias) => convTranspose2d.graph(b, x!, w!, bias!, [2, 1], [1, 0], [1, 0], 2),
  );
});

describe("pools", () => {
  const x = spread([1, 2, 5, 4], 11);
  check("max, overlapping, with a border", [x], (b, p) =>
    maxima(b, 2, p!, 3, { stride: 2, padding: 1, ceilMode: true }),
  );
  check(
    "average, with a border",
    [x],
    (b, p) => avgPool2d.graph(b, p!, [3, 2], 2, 1, true, false),
    true,
  );
  check("adaptive, uneven", [x], (b, p) => adaptiveAvgPool2d.graph(b, p!, [3, 3]), true);
  check("bilinear", [x], (b, p) => upsample.graph(b, p!, [7, 3], null, "bilinear"), true);
  check("nearest, by no whole factor", [x], (b, p) => upsample.graph(b, p!, [7, 3]), true);

  test("the first of equal maxima gets the gradient, the last NaN wins", () => {
    const [values, at] = [0, 1].map((k) =>
      run([tensor([1, 6], [2, 2, NaN, 1, 5, 5])], (b, p) => maxima(b, 1, p!, 2, {}, true)[k]!),
    );
    expect(values).toEqual([2, NaN, 5]);
    expect(at).toEqual([0, 2, 4]);
  });

  test("what is counted at the border", () => {
    const ones = tensor([1, 5], [1, 1, 1, 1, 1]);
    const average = (countIncludePad: boolean): readonly number[] =>
      run([ones], (b, p) => avgPool1d.graph(b, p!, 3, 2, 1, true, countIncludePad));
    expect(average(true).map((v) => Math.round(v * 3))).toEqual([2, 3, 2]);
    expect(average(false)).toEqual([1, 1, 1]);
  });
});

describe("recurrent layers", () => {
  const weights = (gates: number, width: number, inputs: number, seed: number): Given[] => [
    small([gates * width, inputs], seed),
    small([gates * width, width], seed + 1),
    small([gates * width], seed + 2),
    small([gates * width], seed + 3),
  ];
  const cells: readonly (readonly [Cell, number])[] = [
    ["tanh", 1],
    ["lstm", 4],
    ["gru", 3],
  ];
  const options = {
    numLayers: 1,
    bidirectional: false,
    batchFirst: false,
    bias: true,
    states: false,
    lengths: false,
  };
  for (const [cell, gates] of cells) {
    const given = [small([3, 1, 2], 20), ...weights(gates, 2, 2, 21)];
    check(cell, given, (b, ...nodes) => recurrent(b, cell, nodes, options)[0]!);
  }
  check(
    "both directions, lengths",
    [small([3, 2, 1], 30), ...weights(1, 1, 1, 31), ...weights(1, 1, 1, 35)],
    (b, x, ...rest) => {
      const full = { ...options, bidirectional: true, lengths: true };
      const lengths = b.apply("iota", [], { length: 2 });
      const one = b.apply(
        "expand",
        [
          b.apply("reshape", [b.apply("constant", [], { dtype: "int32", value: 1 })], {
            shape: [1],
          }),
        ],
        { shape: [2] },
      );
      return recurrent(b, "tanh", [x!, b.apply("add", [lengths, one], {}), ...rest], full);
    },
  );

  test("a layer is its cell, step by step", () => {
    const given = [small([2, 1, 2], 40), ...weights(4, 3, 2, 41)];
    const layer = run(given, (b, ...nodes) => recurrent(b, "lstm", nodes, options)[2]!);
    const steps = run(given, (b, x, input, hidden, inputBias, hiddenBias) => {
      const own = {
        input: input!,
        hidden: hidden!,
        inputBias: inputBias!,
        hiddenBias: hiddenBias!,
      };
      const zero = b.apply("constant", [], { dtype: "float64", value: 0 });
      const start = b.apply("expand", [b.apply("reshape", [zero], { shape: [1, 1] })], {
        shape: [1, 3],
      });
      let states: Node[] = [start, start];
      for (let t = 0; t < 2; t++) {
        const at = { start: [t, 0, 0], size: [1, 1, 2], step: [1, 1, 1], dynamic: [] };
        const element = b.apply("reshape", [b.apply("slice", [x!], at)], { shape: [1, 2] });
        states = recurrentCell(b, "lstm", element, states, own);
      }
      return states[1]!;
    });
    layer.forEach((value, i) => expect(value).toBeCloseTo(steps[i]!, 12));
  });
});

describe("errors name what was given", () => {
  const x = tensor([1, 2, 5], new Array<number>(10).fill(0));
  const refused = (given: readonly Given[], build: Build): string => {
    try {
      run(given, build as never);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  test("channels, ranks, padding", () => {
    const w = tensor([3, 1, 2], new Array<number>(6).fill(0));
    expect(refused([x, w], (b, p, q) => conv1d.graph(b, p!, q!, null))).toContain("groups 1");
    expect(refused([x, vector([1])], (b, p, q) => conv1d.graph(b, p!, q!, null))).toContain(
      "weight",
    );
    expect(refused([x, w], (b, p, q) => conv1d.graph(b, p!, q!, null, 2, "same"))).toContain(
      "same",
    );
    expect(refused([x], (b, p) => maxima(b, 1, p!, 2, { padding: 2 }))).toContain("half");
    expect(refused([x], (b, p) => maxima(b, 1, p!, 9))).toContain("does not fit");
  });
});
