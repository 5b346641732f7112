/** The door `nabla/data`: tables, scalers, metrics and the polynomial baseline. */
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
