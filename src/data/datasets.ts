/**
 * Data sets by name, from the folder of `nabla data get`, a package of npm, or, with `download:
 * true`, from where they are published; each file is compared with its checksum.
 */
import { argumentError } from "../core/errors.ts";
import { readNamed } from "../core/options.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DataSetName } from "./catalogue.ts";
import { CATALOGUE, DIGIT_FILES } from "./catalogue.ts";
import { parseCsv } from "./csv.ts";
import type { Dataset } from "./dataset.ts";
import { readIdx } from "./idx.ts";
import { needFile } from "./store.ts";
import type { CsvTable } from "./table.ts";

/** Whether a data set may be downloaded. */
export interface DatasetOptions {
  /** Download what is missing, and keep it; default: false. */
  readonly download?: boolean;
}

/** Which part of a data set. */
export interface DigitOptions extends DatasetOptions {
  /** The 60,000 pictures to learn from, or the 10,000 to test with; default: true. */
  readonly train?: boolean;
}

const CLOTHES = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot".split(
  ",",
);

/**
 * Pictures of one byte a pixel with their classes, kept as bytes: a sample is a float32 picture
 * `[1, H, W]` of values from 0 to 1, and its class as int32.
 */
export class PictureDataset implements Dataset<[Tensor, Tensor]> {
  readonly length: number;
  readonly height: number;
  readonly width: number;
  /** The names of the classes. */
  readonly classes: readonly string[];
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;

  constructor(
    pixels: Uint8Array,
    size: readonly [n: number, height: number, width: number],
    labels: Int32Array,
    classes: readonly string[],
  ) {
    [this.length, this.height, this.width] = size;
    if (pixels.length !== size[0] * size[1] * size[2] || labels.length !== size[0]) {
      throw argumentError(
        `PictureDataset: ${pixels.length} pixels and ${labels.length} labels are not ` +
          `${size.join(" × ")}.`,
      );
    }
    this.pixels = pixels;
    this.labels = labels;
    this.classes = classes;
  }

  at(index: number): [Tensor, Tensor] {
    const [x, y] = this.batch(Int32Array.of(index));
    return [x.squeeze(0), y.squeeze(0)];
  }

  batch(indices: Int32Array): [Tensor, Tensor] {
    const size = this.height * this.width;
    const data = new Float32Array(indices.length * size);
    indices.forEach((row, i) => {
      for (let k = 0; k < size; k++) data[i * size + k] = this.pixels[row * size + k]! / 255;
    });
    const labels = indices.map((row) => this.labels[row]!);
    return [tensor(data, { shape: [indices.length, 1, this.height, this.width] }), tensor(labels)];
  }
}

/** MNIST: handwritten digits, 28 × 28, classes 0 to 9. (torchvision: `datasets.MNIST`.) */
export function mnist(options: DigitOptions = {}): Promise<PictureDataset> {
  return digits("mnist", options, Array.from("0123456789"));
}

/** Fashion-MNIST: clothes, 28 × 28, in ten classes. (torchvision: `datasets.FashionMNIST`.) */
export function fashionMnist(options: DigitOptions = {}): Promise<PictureDataset> {
  return digits("fashion-mnist", options, CLOTHES);
}

async function digits(
  name: DataSetName,
  options: DigitOptions,
  classes: readonly string[],
): Promise<PictureDataset> {
  const initial = { train: true, download: false };
  const { train, download } = readNamed(`datasets.${name}`, initial, options);
  const [pictures, labels] = DIGIT_FILES[train ? "train" : "test"];
  const x = await readIdx(await bytesOf(name, `${pictures}.gz`, download));
  const y = await readIdx(await bytesOf(name, `${labels}.gz`, download));
  const size = x.shape as [number, number, number];
  return new PictureDataset(x.data as Uint8Array, size, Int32Array.from(y.data), classes);
}

/** Tiny Shakespeare: 1,115,394 letters of his plays, as one text. */
export async function tinyShakespeare(options: DatasetOptions = {}): Promise<string> {
  return text("tinyshakespeare", "input.txt", options);
}

/** Iris: 150 flowers of three species, as a table. */
export function iris(options: DatasetOptions = {}): Promise<CsvTable> {
  return table("iris", options);
}

/** Penguins: 344 of three species; some cells are empty. */
export function penguins(options: DatasetOptions = {}): Promise<CsvTable> {
  return table("penguins", options);
}

/** Cars of 1970 to 1982, and how far a gallon takes them. */
export function mpg(options: DatasetOptions = {}): Promise<CsvTable> {
  return table("mpg", options);
}

async function table(name: DataSetName, options: DatasetOptions): Promise<CsvTable> {
  return parseCsv(await text(name, `${name}.csv`, options), { source: `${name}.csv` });
}

async function text(name: DataSetName, file: string, options: DatasetOptions): Promise<string> {
  const { download } = readNamed(`datasets.${name}`, { download: false }, options);
  return new TextDecoder().decode(await bytesOf(name, file, download));
}

async function bytesOf(name: DataSetName, file: string, download: boolean): Promise<Uint8Array> {
  const published = CATALOGUE[name].files.find((each) => each.name === file)!;
  return (await needFile(name, published, download)).bytes;
}
