/** The state of a training as a file: read back as it was, refused where it is damaged. */
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/safetensors.ts";
import { encode, makeDataset } from "../../src/train/table/dataset.ts";
import { fitEncoded } from "../../src/train/table/fit.ts";
import type { FollowerState } from "../../src/train/table/follower.ts";
import { FIT_DEFAULTS } from "../../src/train/table/options.ts";
import { encodeState } from "../../src/train/state-file.ts";
import { decodeTraining, fingerprint } from "../../src/train/table/old-training.ts";

const x = Float64Array.from({ length: 20 }, (_, i) => i);
const data = encode(
  makeDataset([{ name: "x", values: x }], [{ name: "y", values: x.map((v) => v * v) }]),
);
const options = { ...FIT_DEFAULTS, epochs: 12, batch: 6, val: 0.2, earlyStop: 50, hidden: [3] };
const bytes = await encodeState((await fitEncoded(data, options)).state, fingerprint(data));

describe("the state of a training", () => {
  it("comes back as the same bytes", async () => {
    const { state, data: sum } = decodeTraining(bytes);
    const { order } = state.batches as { order: Int32Array };
    expect([state.epoch, order.length, sum]).toEqual([12, 16, fingerprint(data)]);
    const { best } = state.callbacks["fit"] as FollowerState;
    expect(best!.epoch).toBeLessThanOrEqual(12);
    expect(await encodeState(state, sum)).toEqual(bytes);
    expect(fingerprint({ ...data, y: data.y.map((v) => v + 1) })).not.toBe(sum);
  });

  it("does not change while another training goes on from it", async () => {
    const { state } = decodeTraining(bytes);
    const losses = { epochs: [], losses: [], held: [] };
    await fitEncoded(data, { ...options, epochs: 20 }, {}, undefined, { state, losses });
    expect(await encodeState(state, fingerprint(data))).toEqual(bytes);
  });

  const { tensors, metadata } = decodeSafetensors(bytes);
  const facts = JSON.parse(metadata["nabla.training"]!) as Record<string, unknown>;
  const changed = (training: unknown, format = "nabla-training-2"): Uint8Array =>
    encodeSafetensors(tensors, {
      ...metadata,
      "nabla.format": format,
      "nabla.training": JSON.stringify(training),
    });

  it.each([
    ["of another version", changed(facts, "nabla-training-3")],
    ["with no epochs", changed({ ...facts, epoch: -1 })],
    ["with no place in the epoch", changed({ ...facts, place: { batch: 1.5 } })],
    ["with a tensor that is not there", changed({ ...facts, model: { w: { $tensor: "w" } } })],
    ["with no random state", changed({ ...facts, random: null })],
    ["with foreign steps", changed({ ...facts, optimizer: { state: { x: 2 }, paramGroups: [] } })],
    ["with an unknown key", changed({ ...facts, epochs: 3 })],
    ["that is no object", changed(null)],
    ["cut off", bytes.subarray(0, bytes.length - 4)],
    ["empty", new Uint8Array()],
  ])("%s is refused by name", (_, file) => {
    expect(() => decodeTraining(file)).toThrow(
      /^(?:The state of the training cannot be used|safetensors): .*\.$/,
    );
  });

  it("of another network is refused, and named", async () => {
    const { state } = decodeTraining(bytes);
    const earlier = { state, losses: { epochs: [], losses: [], held: [] } };
    const other = { ...options, epochs: 20, hidden: [4] };
    await expect(fitEncoded(data, other, {}, undefined, earlier)).rejects.toThrow(/0\.weight/);
  });
});
