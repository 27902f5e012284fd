import type { BundleFinding, BundleFindingCode } from './bundle-report.ts';

const mostListed = 1000;

/** Findings: the first 1,000 listed, all counted, so that a hostile bundle cannot fill the memory. */
export class BundleFindings {
  readonly list: BundleFinding[] = [];
  count = 0;
  /** The line that is being read, from 1; null once all were. */
  line: number | null = null;

  add(code: BundleFindingCode, detail: string, record: string | null = null): void {
    this.count += 1;
    if (this.list.length < mostListed) this.list.push({ code, line: this.line, record, detail });
  }
}
