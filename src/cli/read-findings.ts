/** Reads the doctor's findings back from the last line of a run's metrics.jsonl. */
import type { ReportFinding } from "../export/report/source.ts";
import { showText } from "../core/format.ts";
import type { Run } from "./read-run.ts";
import { isObject } from "./run-config.ts";

/** Returns the findings of a run; none where it noted none. */
export function findingsOf({ records }: Run): ReportFinding[] {
  const found: unknown = records.at(-1)?.["findings"];
  if (!Array.isArray(found)) return [];
  return (found as unknown[]).filter(isObject).map((finding) => ({
    severity: textAt(finding, "severity"),
    message: textAt(finding, "message"),
    why: textAt(finding, "why"),
    try: textAt(finding, "try"),
  }));
}

function textAt(finding: Readonly<Record<string, unknown>>, key: string): string {
  const value = finding[key];
  return typeof value === "string" ? showText(value, 400) : "";
}
