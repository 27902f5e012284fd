/** What one check found. `passed` counts what it promises to hold: rules, codes, pages. */
export interface Report {
  readonly passed: number;
  readonly failures: readonly string[];
  /** Figures worth a line even when all is well. */
  readonly notes?: readonly string[];
}

/** Counts an item as passed, or as failed once for each of its failures. */
export function sumReports(reports: readonly Report[]): Report {
  return {
    passed: reports.reduce((sum, report) => sum + report.passed, 0),
    failures: reports.flatMap((report) => report.failures),
    notes: reports.flatMap((report) => report.notes ?? []),
  };
}

export function reportItem(failures: readonly string[]): Report {
  return { passed: failures.length === 0 ? 1 : 0, failures };
}
