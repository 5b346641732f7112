/**
 * The report of a fit: final loss, errors in the units of the data, the cubic polynomial beside
 * them.
 */
import { formatNumber, showText } from "../core/format.ts";
import type { RegressionMetrics } from "../data/metrics.ts";
import { quantityOf } from "../data/units.ts";
import type { FitResult } from "../train/fit.ts";
import type { Terminal } from "./terminal.ts";

const POWERS = ["", "", "²", "³"];
const LETTERS = ["a", "b", "c", "d"];

/** Prints the report of a fit. */
export function reportFit(terminal: Terminal, fit: FitResult, epochs: number): void {
  const { unit, symbol } = quantityOf(fit.y.name);
  terminal.line(traceLine(fit.epochs, fit.finalLoss, epochs));
  terminal.line();
  terminal.line(
    `Final loss ${formatNumber(fit.finalLoss)} (mean squared error of the scaled ${showText(symbol)})`,
  );
  terminal.line(`Errors on the ${fit.y.values.length} rows${unit ? `, in ${unit}` : ""}:`);
  const rows = [
    ["", "RMSE", "largest", "R²"],
    ["network", ...cells(fit.metrics)],
    ["cubic polynomial", ...cells(fit.baselineMetrics)],
  ];
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
  for (const row of rows) {
    const [name, ...numbers] = row.map((cell, j) =>
      j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!),
    );
    terminal.line(`  ${[name, ...numbers].join("  ")}`);
  }
  terminal.line(`  ${describePolynomial(fit)}`);
  terminal.line();
}

/** One line of the trace: `Epoch   500  Loss: 0.000123`. */
export function traceLine(epoch: number, loss: number, epochs = 0): string {
  const width = Math.max(5, String(epochs).length);
  const shown = loss >= 1e-5 && loss < 1e6 ? loss.toFixed(6) : loss.toExponential(3);
  return `Epoch ${String(epoch).padStart(width)}  Loss: ${shown}`;
}

function cells({ rmse, maxAbs, r2 }: RegressionMetrics): string[] {
  return [formatNumber(rmse), formatNumber(maxAbs), r2 === null ? "–" : formatR2(r2)];
}

/** R² with as many nines as it has: 0.999987 must not become 1. */
function formatR2(r2: number): string {
  const miss = 1 - r2;
  return r2.toFixed(miss > 0 && miss < 1e-2 ? Math.min(10, 2 - Math.floor(exponentOf(miss))) : 4);
}

function exponentOf(value: number): number {
  return Number(value.toExponential().split("e")[1]);
}

/** Writes the baseline out: `Cp = a + bT + cT² + dT³ with a = …`. */
function describePolynomial({ x, y, baseline }: FitResult): string {
  const [left, variable] = [y, x].map(({ name }) => showText(quantityOf(name).symbol));
  const terms = baseline.coefficients.map(
    (_, i) => LETTERS[i]! + (i === 0 ? "" : variable! + POWERS[i]!),
  );
  const values = baseline.coefficients.map((c, i) => `${LETTERS[i]!} = ${formatNumber(c)}`);
  return `${left!} = ${terms.join(" + ")} with ${values.join(", ")}`;
}
