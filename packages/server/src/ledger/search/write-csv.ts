import type { StoredRecord } from '../ledger-record.ts';

const columns: readonly (readonly [name: string, read: (record: StoredRecord) => unknown])[] = [
  ['seq', ({ seq }) => seq],
  ['at', ({ at }) => new Date(at).toISOString()],
  ['kind', ({ kind }) => kind],
  ['record', ({ id }) => id],
  ['action', ({ action }) => action],
  ['agent', ({ agent }) => agent],
  ['person', ({ person }) => person],
  ['task', ({ task }) => task],
  ['approval', ({ approval }) => approval],
  ['upstream', ({ upstream }) => upstream],
  ['tool', ({ tool }) => tool],
  ['policy', ({ policyVersion }) => policyVersion],
  ['trace', ({ trace }) => trace],
  ['erased', ({ damaged, erased }) => (damaged === true ? 'damaged' : erased ? 'erased' : '')],
  ['causes', ({ causes }) => causes.join(' ')],
  ['body', ({ body, notCanonical }) => notCanonical ?? JSON.stringify(body ?? {})],
];

export const csvHead = columns.map(([name]) => name).join(',');

/** One row of RFC 4180, without its end. */
export function writeCsvRow(record: StoredRecord): string {
  return columns.map(([, read]) => writeCell(read(record))).join(',');
}

/** What an upstream or an agent wrote must not run as a formula in whoever's spreadsheet: it becomes text. */
function writeCell(value: unknown): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
