/** Makers of tensors: what they are given is honoured or refused. */
import { expect, it } from "vitest";
import { indexSelect } from "../../src/doors/ops.ts";
import { fromArray, full, tensor } from "../../src/tensor/create.ts";

it("makes a tensor of another in a shape and on a device", () => {
  const x = tensor([1, 2, 3, 4]);
  expect(tensor(x, { shape: [2, 2] }).toArraySync()).toEqual([[1, 2], [3, 4]]); // prettier-ignore
  expect(() => tensor(x, { shape: [3] })).toThrow(/3/);
  const moved = tensor(x, { device: "interpret", dtype: "int32", requiresGrad: false });
  expect([moved.device, moved.dtype]).toEqual(["interpret", "int32"]);
  expect(tensor(tensor([1], { device: "interpret" })).device).toBe("interpret");
});

it("refuses an index of several axes for arrays of the user, too", () => {
  const index = tensor([[0, 1], [1, 0]], { dtype: "int32" }); // prettier-ignore
  for (const x of [tensor([1, 2]), fromArray(new Float32Array([1, 2]))]) {
    expect(() => indexSelect(x, 0, index)).toThrow(/need one axis/);
    const other = tensor([0], { dtype: "int32", device: "interpret" });
    expect(() => indexSelect(x, 0, other)).toThrow(/on interpret/);
  }
});

it("uses only those arrays as they are that its dtypes have", () => {
  for (const list of [Int8Array, Int16Array, Uint16Array, Uint32Array, Uint8ClampedArray]) {
    const data = new list([1, 2]);
    expect(() => fromArray(data as never), list.name).toThrow(
      `fromArray: a ${list.name}; use tensor`,
    );
    expect(
      tensor(data as never)
        .add(1)
        .toArraySync(),
    ).toEqual([2, 3]);
  }
  expect(
    fromArray(new Int32Array([1, -2]))
      .add(1)
      .toArraySync(),
  ).toEqual([2, -1]);
  expect(
    fromArray(new Uint8Array([0, 1, 1]))
      .sum()
      .itemSync(),
  ).toBe(2);
  expect(() => fromArray(new Uint8Array([0, 5, 255]))).toThrow(/element 1, a bool, is 5/);
  expect(tensor(new Uint8Array([0, 5, 255])).toArraySync()).toEqual([0, 5, 255]);
});

it("refuses arrays of no dtype", () => {
  const half = (globalThis as { Float16Array?: new (x: number[]) => never }).Float16Array;
  const odd = [
    new BigInt64Array(1),
    new DataView(new ArrayBuffer(4)),
    ...(half ? [new half([1])] : []),
  ];
  for (const data of odd) {
    expect(() => tensor(data as never)).toThrow(/has no dtype here/);
    expect(() => fromArray(data as never)).toThrow(/has no dtype here/);
  }
  const named = Object.defineProperty(new Uint8Array(2), Symbol.toStringTag, {
    value: "Float16Array",
  });
  expect(() => tensor(named as never)).toThrow(/has no dtype here/);
  expect(tensor(Buffer.from([1, 2]) as never).dtype).toBe("int32");
});

it("full without a value is refused", () => {
  expect(() => full([2], undefined as never)).toThrow("full: there is no value");
});
