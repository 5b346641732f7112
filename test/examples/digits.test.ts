/** The convolutional network of the examples, on stripes: MNIST itself is in test/full. */
import { manualSeed } from "nabla";
import { datasets } from "nabla/data";
import { expect, test } from "vitest";
import { network, run } from "../../examples/cnn-digits.ts";

/** Pictures of one bright stripe, upright or level, at one of five places: ten classes. */
function stripes(n: number, shift: number): datasets.PictureDataset {
  const pixels = new Uint8Array(n * 784);
  const labels = Int32Array.from({ length: n }, (_, i) => i % 10);
  labels.forEach((label, i) => {
    const place = 3 + 5 * (label % 5) + ((i + shift) % 2);
    for (let k = 0; k < 784; k++) {
      const [row, column] = [Math.floor(k / 28), k % 28];
      const bright = (label < 5 ? row : column) === place;
      pixels[i * 784 + k] = bright ? 250 : (i * 31 + k * 17) % 60;
    }
  });
  return new datasets.PictureDataset(pixels, [n, 28, 28], labels, []);
}

test("cnn-digits learns, by its seed, and draws its loss", { timeout: 60_000 }, async () => {
  const lines: string[] = [];
  const options = { train: stripes(1280, 0), test: stripes(200, 1), epochs: 3 };
  const first = await run((line) => lines.push(line), options);
  expect(first.accuracy).toBeGreaterThan(0.95);
  expect(first.losses.length).toBe(60);
  expect(lines.filter((line) => /^epoch \d: [\d.]+ % of the test digits$/.test(line)).length).toBe(
    3,
  );
  expect(first.svg).toContain("% right");
  manualSeed(123);
  expect((await run(() => undefined, options)).losses).toEqual(first.losses);
  const count = [...network().parameters()].reduce((sum, p) => sum + p.numel(), 0);
  expect(count).toBe(5994);
});
