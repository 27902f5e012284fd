import { parseWitnessKey } from '@countersign/ledger';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { nameStream } from '../../plugins/database/ledger-streams.ts';
import { findPublished, readQuorum } from '../checkpoints/find-checkpoint.ts';

export const witnessesSchema = z.object({
  quorum: z.number().int().describe('How many are enough; 0 without witnesses'),
  published: z.object({ size: z.number().int(), cosigned: z.number().int() }),
  items: z
    .array(
      z.object({
        name: z.string(),
        vkey: z.string().describe('C2SP tlog-cosignature'),
        url: z.string(),
        stream: z.string().describe('The stream of the ledger that it cosigns'),
        state: z.enum(['not_asked', 'cosigning', 'unreachable', 'refused']),
        reason: z.string().nullable(),
        size: z.number().int().describe('Of the checkpoint it cosigned last'),
        cosignedAt: z.number().int().nullable().describe('Epoch seconds, as it says'),
        changedAt: z.number().int().nullable().describe('Since when it is so, epoch milliseconds'),
      }),
    )
    .readonly(),
});

/** How the witnesses of the configuration fare. */
export async function listWitnesses(
  context: Pick<Context, 'config' | 'store'>,
  actor: Actor,
): Promise<z.output<typeof witnessesSchema>> {
  requirePermission(actor, 'ledger.read');
  const { config, store } = context;
  const rows = await store.sql.selectFrom('ledger_witnesses').selectAll().execute();
  const { size, cosigned } = await findPublished(context);
  const streams = [...new Set([store.seat.stream, ...rows.map(({ stream }) => stream)])].sort(
    (one, other) => one - other,
  );
  return {
    quorum: readQuorum(config),
    published: { size, cosigned },
    items: config.ledger.witnesses
      .flatMap((witness) => streams.map((stream) => ({ ...witness, stream })))
      .map(({ vkey, url, stream }) => {
        const row = rows.find((one) => one.vkey === vkey && one.stream === stream);
        return {
          ...{ name: parseWitnessKey(vkey)?.name ?? '', vkey, url, stream: nameStream(stream) },
          state: row?.state ?? 'not_asked',
          reason: row?.reason ?? null,
          size: row?.size ?? 0,
          cosignedAt: row?.cosigned_at ?? null,
          changedAt: row?.changed_at ?? null,
        };
      }),
  };
}
