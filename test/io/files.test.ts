/** Tensors to files and back: what `loadStateDict` gives is what `stateDict` had. */
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { manualSeed, nn, ones, tensor } from "nabla";
import { loadSafetensors, saveSafetensors } from "nabla/io";

const folder = mkdtempSync(join(tmpdir(), "nabla-io-"));

it("a module's state goes to a file and into another module", async () => {
  manualSeed(1);
  const make = (): nn.Sequential =>
    new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
  const [first, second] = [make(), make()];
  const path = join(folder, "model.safetensors");
  await saveSafetensors(path, first.stateDict(), { note: "kept" });
  const { tensors, metadata } = await loadSafetensors(path);
  second.loadStateDict(tensors);
  const x = ones([5, 3]);
  expect(await second.forward(x).toArray()).toEqual(await first.forward(x).toArray());
  expect(metadata["note"]).toBe("kept");
  expect(readdirSync(folder)).toEqual(["model.safetensors"]);
});

it("every dtype keeps its values and shape", async () => {
  const path = join(folder, "dtypes.safetensors");
  const tensors = {
    f64: tensor([[0.1, NaN]], { dtype: "float64" }),
    f32: tensor(0.5),
    i32: tensor(new Int32Array([-5, 7])),
    bool: tensor([true, false]),
  };
  await saveSafetensors(path, tensors);
  const read = (await loadSafetensors(path)).tensors;
  for (const [name, value] of Object.entries(tensors)) {
    expect([read[name]!.dtype, read[name]!.shape]).toEqual([value.dtype, value.shape]);
    expect(await read[name]!.toArray()).toEqual(await value.toArray());
  }
});

it("what cannot be read is named", async () => {
  await expect(loadSafetensors(join(folder, "nowhere"))).rejects.toMatchObject({ code: "file" });
  writeFileSync(join(folder, "empty"), "");
  await expect(loadSafetensors(join(folder, "empty"))).rejects.toMatchObject({ code: "format" });
  await expect(saveSafetensors(join(folder, "empty/x"), {})).rejects.toMatchObject({
    code: "file",
  });
});
