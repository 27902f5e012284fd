import type { Reading } from './reading.ts';

/** What is on every piece of a copy that an auditor took: which copy, for whom, and until when they may have read it. */
export interface Watermark {
  readonly id: string;
  readonly person: string;
  readonly takenAt: string;
  readonly until: string;
}

/** The id is the record's that says who took the copy, so that it is found by the copy alone. */
export function makeWatermark({ access }: Reading, record: string, at: number): Watermark | undefined {
  return (
    access && {
      id: nameWatermark(record),
      person: access.person,
      takenAt: new Date(at).toISOString(),
      until: new Date(access.until).toISOString(),
    }
  );
}

export function nameWatermark(record: string): string {
  return record.replace(/^rec_/, 'wm_');
}

export function printWatermark({ id, person, takenAt, until }: Watermark): string {
  return `${id} taken by ${person} at ${takenAt}, access until ${until}`;
}
