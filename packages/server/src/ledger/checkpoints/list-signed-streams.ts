import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { firstSeqOf, streamSpan } from '../../plugins/database/ledger-streams.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { listStreams } from '../streams/list-streams.ts';
import { nameCosigner } from '../witnesses/name-cosigner.ts';
import { findCheckpointOver } from './find-checkpoint.ts';

export const signedStreamsSchema = z.object({
  items: z
    .array(
      z.object({
        stream: z.string(),
        origin: z.string().describe('Its name in checkpoints'),
        vkey: z.string().describe('C2SP verifier key of its checkpoints'),
        cosigner: z
          .string()
          .describe('C2SP tlog-cosignature: the key with which its gateway cosigns the other streams'),
        records: z.number().int(),
        signed: z.number().int().describe('Records that its newest checkpoint covers which is published'),
        cosigned: z.number().int().describe('Witnesses that have cosigned it'),
        cosignedByGateways: z.number().int().describe('Other gateways that have cosigned it'),
        live: z.boolean().describe('Its gateway has a session with the database'),
      }),
    )
    .readonly(),
});

/** The streams that gateways of this database have written, each with the keys that it is verified with. */
export async function listSignedStreams(
  context: Pick<Context, 'config' | 'store'>,
  actor: Actor,
): Promise<z.output<typeof signedStreamsSchema>> {
  requirePermission(actor, 'ledger.read');
  const { store } = context;
  const live = new Set(await store.listLiveStreams());
  const items: z.output<typeof signedStreamsSchema>['items'][number][] = [];
  for (const { stream, start, end } of await listStreams(store.sql)) {
    const name = await store.nameLedger(stream);
    if (name === undefined) continue;
    const isSigned = end > start && (await isAnySigned(store.sql, stream));
    const { size, cosigned, cosignedByGateways } = isSigned
      ? await findCheckpointOver(context, 0, stream)
      : { size: 0, cosigned: 0, cosignedByGateways: 0 };
    const counted = { records: end - start, signed: size, cosigned, cosignedByGateways };
    items.push({ ...name, cosigner: nameCosigner(name.vkey), ...counted, live: live.has(stream) });
  }
  return { items };
}

async function isAnySigned(sql: Kysely<Schema>, stream: number): Promise<boolean> {
  const row = await sql
    .selectFrom('ledger_checkpoints')
    .select('size')
    .where('size', '>=', firstSeqOf(stream))
    .where('size', '<', firstSeqOf(stream) + streamSpan)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
