/** The door `nabla/data`: data sets, loaders, tables, scalers, metrics, polynomial baseline. */
export { collate, randomSplit, Subset, TensorDataset } from "./dataset.ts";
export type { Batch, Dataset } from "./dataset.ts";
export { DataLoader } from "./loader.ts";
export type { LoaderOptions } from "./loader.ts";
export { parseCsv, readColumns } from "./csv.ts";
export type { Columns, ColumnType, CsvOptions } from "./csv.ts";
export { CsvTable } from "./table.ts";
export type { Delimiter, TableStyle } from "./table.ts";
export {
  createScaler,
  IdentityScaler,
  MinMaxScaler,
  rangeOf,
  scalerFromJson,
  StandardScaler,
} from "./scaler.ts";
export type { Scaler, ScalerJson, ScalerKind } from "./scaler.ts";
export { fitPolynomial } from "./polynomial.ts";
export type { Polynomial } from "./polynomial.ts";
export { classMetrics, regressionMetrics } from "./metrics.ts";
export type { ClassMetrics, RegressionMetrics } from "./metrics.ts";
export { labelOf, quantityOf } from "./units.ts";
export type { Quantity } from "./units.ts";
