/** Transforms of pictures: torchvision's results, batches, seeds, mistakes. */
import type { Tensor } from "nabla";
import { arange, manualSeed, nn, tensor, zeros } from "nabla";
import { transforms } from "nabla/data";
import { describe, expect, test } from "vitest";

const picture = arange(12).reshape([1, 3, 4]); // [[0, 1, 2, 3], [4, …, 7], [8, …, 11]]
const values = (x: Tensor): unknown => x.toArraySync();

describe("transforms", () => {
  test("toFloat and normalize", () => {
    const bytes = tensor([[[0, 51], [255, 102]]], { dtype: "int32" }); // prettier-ignore
    const x = transforms.toFloat()(bytes);
    expect([x.dtype, values(x)]).toEqual(["float32", [[[0, Math.fround(0.2)], [1, Math.fround(0.4)]]]]); // prettier-ignore
    const fifths = transforms.toFloat({ max: 51 })(bytes);
    expect(values(fifths.flatten())).toEqual([0, 1, 5, 2]);
    expect(transforms.toFloat()(x)).toBe(x);
    const two = tensor([[[1, 2]], [[3, 4]]]);
    expect(values(transforms.normalize([1, 2], [1, 0.5])(two))).toEqual([[[0, 1]], [[2, 4]]]);
    expect(values(transforms.normalize(1, 2)(two.unsqueeze(0)))).toEqual([
      [[[0, 0.5]], [[1, 1.5]]],
    ]);
  });

  test("resize: both sides, or the shorter one, between pixels", () => {
    const halved = transforms.resize([3, 2])(picture);
    expect(values(halved.flatten())).toEqual([0.5, 2.5, 4.5, 6.5, 8.5, 10.5]);
    expect(transforms.resize(6)(zeros([3, 3, 4])).shape).toEqual([3, 6, 8]);
    expect(transforms.resize(5)(zeros([2, 3, 4, 3])).shape).toEqual([2, 3, 6, 5]);
    expect(transforms.resize([3, 4])(picture)).toBe(picture);
    const up = transforms.resize([6, 8])(picture);
    const same = nn.functional.interpolate(picture.unsqueeze(0), {
      scaleFactor: 2,
      mode: "bilinear",
    });
    expect(values(up.unsqueeze(0))).toEqual(values(same));
  });

  test("centerCrop: torchvision's middle, zeros outside", () => {
    expect(values(transforms.centerCrop([1, 2])(picture))).toEqual([[[5, 6]]]);
    // (4 − 1) / 2 = 1.5 is rounded to 2, (3 − 2) / 2 = 0.5 to 0, as Python rounds
    expect(values(transforms.centerCrop([2, 1])(picture))).toEqual([[[2], [6]]]);
    const wide = values(transforms.centerCrop([2, 6])(picture));
    expect(wide).toEqual([[[0, 0, 1, 2, 3, 0], [0, 4, 5, 6, 7, 0]]]); // prettier-ignore
    expect(transforms.centerCrop(8)(zeros([5, 3, 3, 4])).shape).toEqual([5, 3, 8, 8]);
  });

  test("pad: one number, two, four; a value, mirrored, the nearest", () => {
    const row = tensor([[[1, 2, 3]]]);
    expect(values(transforms.pad([1, 0])(row))).toEqual([[[0, 1, 2, 3, 0]]]);
    expect(values(transforms.pad([2, 0, 1, 1], { value: 9 })(row))).toEqual([
      [[9, 9, 1, 2, 3, 9], [9, 9, 9, 9, 9, 9]], // prettier-ignore
    ]);
    expect(values(transforms.pad([2, 0], { mode: "reflect" })(row))).toEqual([
      [[3, 2, 1, 2, 3, 2, 1]],
    ]);
    expect(values(transforms.pad([1, 0], { mode: "replicate" })(row))).toEqual([[[1, 1, 2, 3, 3]]]);
    expect(transforms.pad(2)(zeros([2, 3, 4, 5])).shape).toEqual([2, 3, 8, 9]);
  });

  test("random ones draw for each picture of a batch, by the seed", () => {
    const batch = picture.unsqueeze(0).expand([400, 1, 3, 4]);
    const augment = transforms.compose([
      transforms.randomHorizontalFlip(0.25),
      transforms.randomCrop([2, 3]),
    ]);
    manualSeed(1);
    const first = augment(batch);
    manualSeed(1);
    expect(values(augment(batch))).toEqual(values(first));
    expect(values(augment(batch))).not.toEqual(values(first));
    expect(first.shape).toEqual([400, 1, 2, 3]);
    const rows = values(first) as number[][][][];
    const flipped = rows.filter((image) => image[0]![0]![1]! < image[0]![0]![0]!).length / 400;
    expect(flipped).toBeGreaterThan(0.18);
    expect(flipped).toBeLessThan(0.32);
    const corners = new Set(rows.map((image) => String(image[0]![0]!.slice(0, 2))));
    expect(corners.size).toBe(8); // two places down, two across, mirrored or not
  });

  test("randomCrop with a border reaches over the edge; the whole picture is itself", () => {
    manualSeed(2);
    const shift = transforms.randomCrop([3, 4], { padding: 1, value: -1 });
    const seen = Array.from({ length: 50 }, () =>
      (values(shift(picture)) as number[][][])[0]!.flat(),
    );
    expect(seen.some((list) => list.includes(-1))).toBe(true);
    expect(seen.every((list) => list.length === 12)).toBe(true);
    expect(values(transforms.randomCrop([3, 4])(picture))).toEqual(values(picture));
    expect(transforms.randomHorizontalFlip(0)(picture)).toBe(picture);
    expect(values(transforms.randomHorizontalFlip(1)(picture))).toEqual(values(picture.flip(-1)));
    expect(transforms.randomHorizontalFlip()(zeros([0, 1, 2, 2])).shape).toEqual([0, 1, 2, 2]);
  });

  test.each<[() => unknown, string]>([
    [() => transforms.resize(0), "resize: the size is 0; need integers from 1 on"],
    [() => transforms.centerCrop([2, 1.5]), "the size is 2,1.5"],
    [() => transforms.pad(-1), "the border is -1, -1, -1, -1"],
    [() => transforms.randomHorizontalFlip(2), "p is 2; need a probability"],
    [() => transforms.normalize([1, 2], [1]), "need as many of both"],
    [() => transforms.normalize(0, 0), "std above 0"],
    [() => transforms.toFloat({ max: 0 }), "max is 0"],
    [
      () => transforms.resize(3)(zeros([3, 4])),
      "x is [3, 4]; need pictures [C, H, W] or [N, C, H, W]",
    ],
    [
      () => transforms.normalize([1, 2], [1, 1])(picture),
      "there are 2 means; x is [1, 3, 4], of 1",
    ],
    [
      () => transforms.randomCrop(5)(picture),
      "5 × 5 does not fit into x of [1, 3, 4]; need padding",
    ],
  ])("mistakes are named: %s", (make, message) => {
    expect(make).toThrow(message);
  });
});
