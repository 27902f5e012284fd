import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { streamLines } from '../stream-lines.ts';
import { exportFound, type FoundFormat } from './export-found.ts';

const types = {
  csv: { type: 'text/csv; charset=utf-8; header=present', end: '\r\n', name: 'countersign-records.csv' },
  ndjson: { type: 'application/x-ndjson', end: '\n', name: 'countersign-records.ndjson' },
} as const;

/** What is asked for instead of a page, if anything. */
export function readFormat(accept = ''): FoundFormat | undefined {
  const asked = accept.split(',').map((one) => one.split(';')[0]?.trim());
  if (asked.includes('text/csv')) return 'csv';
  return asked.includes('application/x-ndjson') ? 'ndjson' : undefined;
}

export async function sendFound(
  context: Pick<Context, 'store' | 'platform'>,
  actor: Actor,
  options: Parameters<typeof exportFound>[2],
): Promise<Response> {
  const lines = await exportFound(context, actor, options);
  const { type, end, name } = types[options.format];
  const headers = { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
  return new Response(streamLines(lines, end), { headers });
}
