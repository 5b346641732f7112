/** Rows as lines of a CSV file. */

/** Spells a row as a line: cells with commas, quotes or line breaks stand in quotes. */
export function csvLine(cells: readonly string[]): string {
  const spelled = cells.map((cell) =>
    /[",\n\r]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell,
  );
  return `${spelled.join(",")}\n`;
}
