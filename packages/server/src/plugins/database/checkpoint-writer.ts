import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { createVerifierKey, formatCheckpoint, type NoteSigner, signNote } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import type { StoredCheckpoint } from './database.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { LedgerSigner } from './messages.ts';
import type { Schema } from './schema.ts';

/** A signer for the ledger's key; its name in notes is the log's origin. */
export function createNoteSigner({ origin, privateKey }: Omit<LedgerSigner, 'stream'>): NoteSigner {
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  return {
    key: createVerifierKey(origin, exportPublicKey(key)),
    sign: (message) => sign(null, message, key),
  };
}

function exportPublicKey(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32));
}

/**
 * The newest checkpoint, signed and stored now unless it covers every record already: the one place that signs tree
 * heads. Sizes only grow, and a head is durable before anyone sees it. No transaction may be open.
 */
export async function writeCheckpoint(
  sql: Kysely<Schema>,
  ledger: LedgerWriter,
  signer: NoteSigner,
): Promise<StoredCheckpoint> {
  const row = await sql
    .selectFrom('ledger_checkpoints')
    .select(['size', 'note', 'at'])
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();
  const { size, newestAt: at } = ledger;
  if (row?.size === size) return row;
  const root = ledger.root();
  const note = signNote(formatCheckpoint({ origin: signer.key.name, size, root }), signer);
  await sql.insertInto('ledger_checkpoints').values({ size, root, note, at }).execute();
  return { size, note, at };
}
