/**
 * Gradients of composites against central differences in float64, to second order where they are
 * smooth.
 */
import type { Builder } from "../../src/ir/builder.ts";
import { where } from "../../src/ir/compose/arithmetic.ts";
import { im2col } from "../../src/ir/compose/border.ts";
import { einsum } from "../../src/ir/compose/einsum.ts";
import * as indexing from "../../src/ir/compose/indexing.ts";
import * as linalg from "../../src/ir/compose/linalg.ts";
import { narrow, repeatInterleave, select } from "../../src/ir/compose/movement.ts";
import { normalize } from "../../src/ir/compose/reduction.ts";
import * as norm from "../../src/nn/functional/norm.ts";
import type { Node } from "../../src/ir/node.ts";
import * as loss from "../../src/nn/functional/loss.ts";
import { klDiv } from "../../src/nn/functional/margin.ts";
import * as activations from "../../src/tensor/functions/activation.ts";
import * as arithmetics from "../../src/tensor/functions/arithmetic.ts";
import * as movements from "../../src/tensor/functions/movement.ts";
import * as numerics from "../../src/tensor/functions/numeric.ts";
import * as reductions from "../../src/tensor/functions/reduction.ts";
import type { Given } from "./check.ts";
import { gradientErrors, graphsOf, spread, tensor, vector } from "./check.ts";
import { describe, expect, test } from "vitest";

const activation = graphsOf(activations);
const arithmetic = graphsOf(arithmetics);
const numeric = graphsOf(numerics);
const reduction = graphsOf(reductions);
const movement = graphsOf(movements);

type Build = (b: Builder, ...inputs: Node[]) => Node | readonly Node[];

function check(name: string, given: readonly Given[], build: Build, bound = 1e-5): void {
  test(name, () => {
    const found = gradientErrors(given, build);
    expect(found.first.checked).toBeGreaterThan(0);
    expect(found.first.alive).toBe(true);
    expect(found.first.worst).toBeLessThan(1e-6);
    expect(found.second!.worst).toBeLessThan(bound);
  });
}

const x = spread([2, 3], 3);
const y = spread([2, 3], 5);
const positive = spread([2, 3], 6, 0.3, 3);
const chance = spread([2, 3], 7, 0.1, 0.9);
const away = tensor([2, 4], [-4, -2.2, -0.7, -0.2, 0.3, 0.8, 2.1, 4.5]);
const cube = spread([2, 3, 4], 8);

describe("activations", () => {
  const unary = {
    ...{
      relu: activation.relu,
      selu: activation.selu,
      silu: activation.silu,
      mish: activation.mish,
    },
    ...{ logSigmoid: activation.logSigmoid, relu6: activation.relu6, glu: activation.glu },
    ...{ hardswish: activation.hardswish, hardsigmoid: activation.hardsigmoid },
    ...{ softsign: activation.softsign, tanhshrink: activation.tanhshrink, elu: activation.elu },
    ...{ celu: activation.celu, gelu: activation.gelu, softplus: activation.softplus },
    ...{ hardtanh: activation.hardtanh, leakyRelu: activation.leakyRelu },
    ...{ softshrink: activation.softshrink, hardshrink: activation.hardshrink },
  };
  for (const [name, f] of Object.entries(unary)) check(name, [away], (b, p) => f(b, p));
  check("gelu, tanh", [away], (b, p) => activation.gelu(b, p, "tanh"));
  check("softplus, beta", [away], (b, p) => activation.softplus(b, p, 3, 2));
  check("threshold", [away], (b, p) => activation.threshold(b, p, 0.5, 7));
  check("prelu", [cube, spread([3], 2, 0.1, 0.4)], (b, p, w) => activation.prelu(b, p, w));
  check("logSigmoid and softplus at 0", [vector([0])], (b, p) => [
    activation.logSigmoid(b, p),
    activation.softplus(b, p),
  ]);
});

describe("arithmetic", () => {
  check("broadcasting", [spread([2, 1], 1), spread([3], 2)], (b, p, q) => arithmetic.mul(b, p, q));
  check("div, floats", [x, positive], (b, p, q) => arithmetic.div(b, p, q));
  for (const exponent of [-2, -1, -0.5, 0.5, 1, 2, 3, 2.5]) {
    check(`pow ${exponent}`, [positive], (b, p) => arithmetic.powerBy(b, p, exponent));
  }
  check("where", [x, y], (b, p, q) =>
    where(b, arithmetic.lt(b, p, q), p, numeric.xlogy(b, q, arithmetic.square(b, p))),
  );
  for (const [name, f] of Object.entries({
    exp2: arithmetic.exp2,
    log2: arithmetic.log2,
    log10: arithmetic.log10,
    sinc: arithmetic.sinc,
    frac: arithmetic.frac,
    rsqrt: arithmetic.rsqrt,
    reciprocal: arithmetic.reciprocal,
    square: arithmetic.square,
    deg2rad: arithmetic.deg2rad,
    rad2deg: arithmetic.rad2deg,
  })) {
    check(name, [positive], (b, p) => f(b, p));
  }
  check("sinc at 0", [vector([0, 0.5])], (b, p) => arithmetic.sinc(b, p), 1e-4);
  for (const [name, f] of Object.entries({
    hypot: numeric.hypot,
    logaddexp: numeric.logaddexp,
    fmod: numeric.fmod,
    remainder: numeric.remainder,
    copysign: numeric.copysign,
    fmax: numeric.fmax,
    fmin: numeric.fmin,
    atan2: arithmetic.atan2,
    maximum: arithmetic.maximum,
  })) {
    check(name, [x, y], (b, p, q) => f(b, p, q));
  }
  check("xlogy", [tensor([3], [0, 1, 2]), vector([2, 0.5, 3])], (b, p, q) =>
    numeric.xlogy(b, p, q),
  );
  check("lerp", [x, y, spread([], 4)], (b, p, q, w) => numeric.lerp(b, p, q, w));
  check("addcmul", [x, y, positive, spread([], 4)], (b, p, q, r, v) =>
    numeric.addcmul(b, p, q, r, v),
  );
  check("addcdiv", [x, y, positive, spread([], 4)], (b, p, q, r, v) =>
    numeric.addcdiv(b, p, q, r, v),
  );
  check("clamp", [x, vector([-1]), vector([1])], (b, p, low, high) =>
    numeric.clamp(b, p, [low, high]),
  );
  check("logit", [chance], (b, p) => numeric.logit(b, p, 1e-6));
  check("nanToNum", [x], (b, p) => numeric.nanToNum(b, p));
});

describe("reductions", () => {
  check("mean", [cube], (b, p) => reduction.mean(b, p, [0, 2]));
  check("var", [cube], (b, p) => reduction.variance(b, p, 1));
  check("std", [cube], (b, p) => reduction.std(b, p, [0, 1], false));
  check("varMean", [cube], (b, p) => reduction.varMean(b, p, null));
  check("max along", [cube], (b, p) => reduction.maxAlong(b, p, 2).values);
  check("min along", [cube], (b, p) => reduction.minAlong(b, p, 0).values);
  check("logsumexp", [cube], (b, p) => reduction.logsumexp(b, p, [1, 2]));
  for (const p of [0.5, 1, 1.5, 2, 3, Infinity, -Infinity]) {
    check(`norm ${p}`, [cube], (b, v) => reduction.norm(b, v, p, 1));
  }
  check("softmax", [cube], (b, p) => activation.softmax(b, p, 1));
  check("logSoftmax", [cube], (b, p) => activation.logSoftmax(b, p, -1));
  check("median", [cube], (b, p) => reduction.medianAlong(b, p, 2).values);
  check("nansum, nanmean", [cube], (b, p) => [
    reduction.nansum(b, p, 0),
    reduction.nanmean(b, p, 1),
  ]);
  check("cumsum", [cube], (b, p) => reduction.cumsum(b, arithmetic.exp(b, p), 1));
  check("cummax", [cube], (b, p) => reduction.cummax(b, p, 1).values);
  check("logcumsumexp", [cube], (b, p) => reduction.logcumsumexp(b, p, 2));
  check("normalize", [cube], (b, p) => normalize(b, p, 2, 1));
});

describe("movement", () => {
  const curved =
    (f: (b: Builder, p: Node) => Node | Node[]): Build =>
    (b, p) =>
      f(b, arithmetic.square(b, p));
  const cases: Record<string, (b: Builder, p: Node) => Node | Node[]> = {
    cat: (b, p) => movement.cat(b, [p, p], 1),
    stack: (b, p) => movement.stack(b, [p, p], -1),
    split: (b, p) => movement.split(b, p, 3, 2),
    chunk: (b, p) => movement.chunk(b, p, 2, 1),
    narrow: (b, p) => narrow(b, p, 2, 1, 2),
    select: (b, p) => select(b, p, 1, -1),
    slice: (b, p) => movement.slice(b, p, 2, -1, null, -2),
    flip: (b, p) => movement.flip(b, p, [0, 2]),
    roll: (b, p) => movement.roll(b, p, [1, -5], [2, 1]),
    rot90: (b, p) => movement.rot90(b, p, 3, [1, 2]),
    repeat: (b, p) => movement.repeat(b, p, [2, 1, 2, 1]),
    tile: (b, p) => movement.tile(b, p, [2]),
    repeatInterleave: (b, p) => repeatInterleave(b, p, 2, 1),
    diagonal: (b, p) => movement.diagonal(b, p, -1, 1, 2),
    diagEmbed: (b, p) => movement.diagEmbed(b, p, 2),
    tril: (b, p) => movement.tril(b, p, 1),
    triu: (b, p) => movement.triu(b, p),
    movedim: (b, p) => movement.movedim(b, p, 0, -1),
    unfold: (b, p) => movement.unfold(b, p, 2, 2, 1),
    "pad constant": (b, p) => movement.pad(b, p, [1, -1, 2, 0], "constant", 3),
    "pad reflect": (b, p) => movement.pad(b, p, [2, 1, 1, 2], "reflect"),
    "pad replicate": (b, p) => movement.pad(b, p, [2, 1, 1, 2], "replicate"),
    "pad circular": (b, p) => movement.pad(b, p, [2, 1], "circular"),
  };
  for (const [name, f] of Object.entries(cases)) check(name, [cube], curved(f));
  check("im2col", [spread([1, 2, 4, 3], 2)], (b, p) =>
    im2col(b, arithmetic.square(b, p), [2, 2], { stride: [2, 1], padding: [1, 0] }),
  );
});

describe("indexing", () => {
  const index = tensor([2], [2, 0], "int32");
  const grid = tensor([2, 3, 2], [0, 3, 1, 1, 2, 0, 3, 2, 1, 0, 0, 0], "int32");
  check("indexSelect", [cube, index], (b, p, i) => indexing.indexSelect(b, p, 1, i));
  check("gather", [cube, grid], (b, p, i) => indexing.gather(b, arithmetic.exp(b, p), 2, i));
  check("embedding", [spread([4, 2], 2), grid], (b, p, i) => indexing.embedding(b, i, p));
  check("scatterAdd", [cube, grid, spread([2, 3, 2], 9)], (b, p, i, s) =>
    indexing.scatterAdd(b, p, 2, i, s),
  );
  for (const kind of ["sum", "prod", "mean", "amax", "amin"] as const) {
    for (const includeSelf of [true, false]) {
      check(
        `scatterReduce ${kind} ${includeSelf}`,
        [cube, grid, spread([2, 3, 2], 9)],
        (b, p, i, s) => indexing.scatterReduce(b, p, 2, i, s, kind, { includeSelf }),
      );
    }
  }
  check("indexAdd", [cube, index, spread([2, 2, 4], 4)], (b, p, i, s) =>
    indexing.indexAdd(b, p, 1, i, s),
  );
  check("indexCopy", [cube, index, spread([2, 2, 4], 4)], (b, p, i, s) =>
    indexing.indexCopy(b, p, 1, i, s),
  );
  check("take", [cube, tensor([2, 2], [-1, 5, 0, 5], "int32")], (b, p, i) =>
    indexing.take(b, p, i),
  );
  check("sort", [cube], (b, p) => indexing.sort(b, p, 1, true).values);
  check("topk", [cube], (b, p) => indexing.topk(b, p, 2, 2, false).values);
});

describe("products", () => {
  check("batched", [spread([2, 1, 2, 3], 1), spread([3, 3, 2], 2)], (b, p, q) =>
    linalg.matmul(b, p, q),
  );
  check("vectors", [spread([3], 1), spread([3], 2)], (b, p, q) => linalg.matmul(b, p, q));
  check("row and matrices", [spread([3], 1), spread([2, 3, 2], 2)], (b, p, q) =>
    linalg.matmul(b, p, q),
  );
  check("linear", [cube, spread([5, 4], 1), spread([5], 2)], (b, p, w, c) =>
    linalg.linear(b, p, w, c),
  );
  check("outer", [spread([3], 1), spread([2], 2)], (b, p, q) => linalg.outer(b, p, q));
  for (const equation of [
    "bij,bjk->bik",
    "bij,bjk",
    "ij,jk,kl->il",
    "ii->i",
    "...ij->...ji",
    "i,j->ij",
    "bij,bij->",
  ]) {
    const shapes: Record<string, number[][]> = {
      "bij,bjk->bik": [
        [2, 2, 3],
        [2, 3, 2],
      ],
      "bij,bjk": [
        [2, 2, 3],
        [2, 3, 2],
      ],
      "ij,jk,kl->il": [
        [2, 3],
        [3, 2],
        [2, 2],
      ],
      "ii->i": [[3, 3]],
      "...ij->...ji": [[2, 2, 3]],
      "i,j->ij": [[2], [3]],
      "bij,bij->": [
        [2, 2, 3],
        [2, 2, 3],
      ],
    };
    const given = shapes[equation]!.map((shape, i) => spread(shape, i + 1));
    check(`einsum ${equation}`, given, (b, ...inputs) =>
      arithmetic.square(b, einsum(b, equation, inputs)),
    );
  }
});

describe("losses and normalisations", () => {
  const classes = tensor([3], [2, -100, 0], "int32");
  const scores = spread([3, 4], 2);
  const weight = spread([4], 3, 0.5, 2);
  const smoothed = (labelSmoothing: number) =>
    ({ ignoreIndex: -100, reduction: "mean", labelSmoothing }) as const;
  check("mse", [x, y], (b, p, q) => loss.mseLoss.graph(b, p, q));
  check("l1", [x, y], (b, p, q) => loss.l1Loss.graph(b, p, q, { reduction: "sum" }));
  check("huber", [x, y], (b, p, q) =>
    loss.huberLoss.graph(b, p, q, { reduction: "mean", delta: 0.7 }),
  );
  check("smoothL1", [x, y], (b, p, q) =>
    loss.smoothL1Loss.graph(b, p, q, { beta: 0.5, reduction: "none" }),
  );
  check("bce", [chance, spread([2, 3], 9, 0.1, 0.9)], (b, p, q) =>
    loss.binaryCrossEntropy.graph(b, p, q),
  );
  check("bceWithLogits", [x, chance, spread([3], 4, 1, 2)], (b, p, q, w) =>
    loss.binaryCrossEntropyWithLogits.graph(b, p, q, null, { reduction: "mean", posWeight: w }),
  );
  check("klDiv", [x, chance], (b, p, q) =>
    klDiv.graph(b, p, q, { reduction: "batchmean", logTarget: false }),
  );
  check("klDiv, log target", [x, y], (b, p, q) =>
    klDiv.graph(b, p, q, { reduction: "mean", logTarget: true }),
  );
  check("crossEntropy", [scores, classes, weight], (b, p, t, w) =>
    loss.crossEntropy.graph(b, p, t, w, smoothed(0.1)),
  );
  check(
    "crossEntropy of images",
    [spread([2, 3, 2], 2), tensor([2, 2], [0, 2, 1, 1], "int32")],
    (b, p, t) => loss.crossEntropy.graph(b, p, t),
  );
  check(
    "crossEntropy of probabilities",
    [scores, spread([3, 4], 5, 0.1, 0.9), weight],
    (b, p, t, w) => loss.crossEntropy.graph(b, p, t, w, smoothed(0.2)),
  );
  check(
    "layerNorm",
    [cube, spread([4], 1), spread([4], 2)],
    (b, p, w, c) => norm.layerNorm.graph(b, p, [4], w, c),
    1e-4,
  );
  check("rmsNorm", [cube], (b, p) => norm.rmsNorm.graph(b, p, [3, 4], null, 1e-5));
  check("groupNorm", [spread([2, 4, 3], 4)], (b, p) => norm.groupNorm.graph(b, p, 2), 1e-4);
  check("batchNorm", [cube, spread([3], 2)], (b, p, w) => norm.byBatch.graph(b, p, w).y, 1e-4);
});
