/** The door `nabla/data`: tables, scalers, metrics and the polynomial baseline. */
export { CsvTable, parseCsv, readColumns } from "./csv.ts";
export type { Columns, ColumnType, CsvOptions, Delimiter } from "./csv.ts";
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
export { regressionMetrics } from "./metrics.ts";
export type { RegressionMetrics } from "./metrics.ts";
export { labelOf, quantityOf } from "./units.ts";
export type { Quantity } from "./units.ts";
