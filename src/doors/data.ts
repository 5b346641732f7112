/** The door `nabla/data`: data sets, loaders, tables, scalers, metrics, polynomial baseline. */
export { collate, Subset, TensorDataset } from "../data/dataset.ts";
export type { Batch, Dataset } from "../data/dataset.ts";
export { DataLoader } from "../data/loader.ts";
export type { LoaderOptions, LoaderState } from "../data/loader.ts";
export {
  BatchSampler,
  GroupSampler,
  RandomSampler,
  SequentialSampler,
  StratifiedSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from "../data/sampler.ts";
export type { BatchedSampler, RandomSamplerOptions, Sampler } from "../data/sampler.ts";
export { randomSplit, timeSplit } from "../data/split.ts";
export type { SplitOptions } from "../data/split.ts";
export { kFold } from "../data/k-fold.ts";
export type { Fold, KFoldOptions } from "../data/k-fold.ts";
export type { Labels } from "../data/labels.ts";
export * as transforms from "../data/transforms.ts";
export type { Border, PadTransformOptions, Size, Transform } from "../data/transforms.ts";
export * as datasets from "../data/datasets.ts";
export type { DatasetOptions, DigitOptions, PictureDataset } from "../data/datasets.ts";
export * as toy from "../data/toy.ts";
export type { ToyOptions, ToySet } from "../data/toy.ts";
export { parseCsv, readColumns } from "../data/csv.ts";
export type { Columns, ColumnType, CsvOptions } from "../data/csv.ts";
export { CsvTable } from "../data/table.ts";
export type { Delimiter, TableStyle } from "../data/table.ts";
export {
  createScaler,
  IdentityScaler,
  MinMaxScaler,
  rangeOf,
  scalerFromJson,
  StandardScaler,
} from "../data/scaler.ts";
export type { Scaler, ScalerJson, ScalerKind } from "../data/scaler.ts";
export { fitPolynomial } from "../data/polynomial.ts";
export type { Polynomial } from "../data/polynomial.ts";
export { classMetrics, regressionMetrics } from "../data/metrics.ts";
export type { ClassMetrics, RegressionMetrics } from "../data/metrics.ts";
export { classScores, probabilityScores, rocAuc } from "../data/class-scores.ts";
export type {
  ClassScore,
  ClassScores,
  ProbabilityScores,
  ReliabilityBin,
} from "../data/class-scores.ts";
export { fitLinear, fitLogistic } from "../data/linear-model.ts";
export type { LinearModel, LogisticOptions } from "../data/linear-model.ts";
export { labelOf, quantityOf } from "../data/units.ts";
export type { Quantity } from "../data/units.ts";
