import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { nameStream } from '../../plugins/database/ledger-streams.ts';

const gateway = z.object({
  stream: z.string().describe('The stream of the ledger that it writes'),
  release: z.string(),
  startedAt: z.number().int().describe('Epoch milliseconds, by its own clock'),
  state: z.enum(['running', 'gone']).describe('gone: nobody writes the stream at this moment'),
  answers: z.boolean().describe('It is the one that answers this'),
});

export const gatewaysAnswer = z.object({ items: z.array(gateway) });

/** The gateways of this database, as they said what they are, by the streams they write. */
export async function listGateways(
  { store }: Pick<Context, 'store'>,
  actor: Actor,
): Promise<z.output<typeof gatewaysAnswer>> {
  requirePermission(actor, 'signals.read');
  const live = new Set(await store.listLiveStreams());
  const rows = await store.sql
    .selectFrom('ledger_streams')
    .select(['number', 'release', 'started_at'])
    .where('release', 'is not', null)
    .orderBy('number')
    .execute();
  return {
    items: rows.map(({ number, release, started_at }) => ({
      stream: nameStream(number),
      release: release ?? '',
      startedAt: started_at ?? 0,
      state: live.has(number) ? 'running' : 'gone',
      answers: number === store.seat.stream,
    })),
  };
}
