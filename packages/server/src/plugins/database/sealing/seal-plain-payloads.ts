import type { Kysely } from 'kysely';
import type { WriterRequest } from '../messages.ts';
import type { Schema } from '../schema.ts';
import type { ThreadLink } from '../thread-link.ts';
import type { PayloadKeys } from './payload-keys.ts';

/** A payload may have a mebibyte. */
const payloadsAtOnce = 64;

interface Statements {
  /** Each runs alone. */
  readonly sql: Kysely<Schema>;
  /** They run in the writer's open transaction. */
  readonly statements: Kysely<Schema>;
}

interface Sealer {
  readonly stream: string;
  readonly keys: PayloadKeys;
}

/**
 * Seals what an earlier release had left readable, in steps that are each whole, and then sees that no file of the
 * database holds it any more.
 */
export async function sealPlainPayloads(
  writer: ThreadLink<WriterRequest>,
  statements: Statements,
  sealer: Sealer,
  scrub: () => Promise<void>,
): Promise<void> {
  const { sql } = statements;
  const plain = sql.selectFrom('ledger_index').select('name').where('name', '=', 'plain');
  if ((await plain.executeTakeFirst()) === undefined) return;
  while (await sealSome(writer, statements, sealer));
  await scrub();
  await sql.deleteFrom('ledger_index').where('name', '=', 'plain').execute();
}

async function sealSome(
  writer: ThreadLink<WriterRequest>,
  { sql, statements }: Statements,
  { stream, keys }: Sealer,
): Promise<boolean> {
  const rows = await sql
    .selectFrom('ledger_plain_payloads as plain')
    .innerJoin('ledger_entries as entries', 'entries.seq', 'plain.seq')
    .select(['plain.seq', 'plain.salt', 'plain.payload', 'entries.id', 'entries.kind'])
    .orderBy('plain.seq')
    .limit(payloadsAtOnce)
    .execute();
  const last = rows.at(-1);
  if (last === undefined) return false;
  const sealed = rows.map(({ seq, id, kind, payload, salt }) => ({
    seq,
    sealed: keys.take({ stream, seq, id }, kind).seal(payload, salt),
  }));
  await writer.request({ kind: 'begin' });
  try {
    await statements.insertInto('ledger_payloads').values(sealed).execute();
    await statements.deleteFrom('ledger_plain_payloads').where('seq', '<=', last.seq).execute();
    await writer.request({ kind: 'commit', records: [] });
  } catch (error) {
    await writer.request({ kind: 'rollback' }).catch(() => {});
    throw error;
  }
  return true;
}
