import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { getSink } from './get-sink.ts';

export const listRefusalsInput = z.strictObject({
  cursor: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export interface SinkRefusal {
  readonly seq: number;
  readonly record: string;
  readonly why: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** It waits to be sent once more. */
  readonly resend: boolean;
}

/** What a sink did not take, in the order of the ledger. Throws `ledger.sink_not_found`. */
export async function listRefusals(
  context: Pick<Context, 'sinks' | 'store'>,
  actor: Actor,
  { name, ...page }: { readonly name: string } & z.input<typeof listRefusalsInput>,
): Promise<{ readonly items: readonly SinkRefusal[]; readonly next: string | null }> {
  requirePermission(actor, 'ledger.read_sinks');
  const { sink } = getSink(context, name);
  const { cursor = 0, limit } = listRefusalsInput.parse(page);
  const rows = await context.store.sql
    .selectFrom('ledger_sink_refusals')
    .selectAll()
    .where('sink', '=', sink.name)
    .where('seq', '>=', cursor)
    .orderBy('seq')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(({ seq, record_id: record, why, at, resend }) => ({
    ...{ seq, record, why, at },
    resend: resend === 1,
  }));
  const last = rows[limit];
  return { items, next: last === undefined ? null : String(last.seq) };
}
