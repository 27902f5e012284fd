import type { Finding, FindingCode } from './export-report.ts';

const maximumListed = 1000;

/** Findings: the first 1,000 listed, all counted, so that a hostile export cannot fill the memory. */
export class FindingList {
  readonly list: Finding[] = [];
  count = 0;

  add(code: FindingCode, seq: number | null, detail: string): void {
    this.count += 1;
    if (this.list.length < maximumListed) this.list.push({ code, seq, detail });
  }
}
