import type { Report } from './report.ts';

/** Runs `check` when its file is the program; the exit code says whether it held. */
export async function runCheck(meta: ImportMeta, check: () => Report | Promise<Report>): Promise<void> {
  if (!meta.main) return;
  const report = await check();
  for (const failure of report.failures) console.error(failure);
  for (const note of report.notes ?? []) console.log(note);
  console.log(`${report.passed} passed, ${report.failures.length} failed`);
  process.exitCode = report.failures.length === 0 ? 0 : 1;
}
