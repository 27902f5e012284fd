import { formatVerifierKey, type WitnessSigner } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import { createCosigner, createNoteSigner } from './checkpoint-writer.ts';
import type { LedgerName } from './database.ts';
import { firstSeqOf, nameStream, streamSpan } from './ledger-streams.ts';
import type { WriterRequest } from './messages.ts';
import type { Schema } from './schema.ts';
import type { Keyring } from './sealing/keyring.ts';
import type { ThreadLink } from './thread-link.ts';

/** Who signs this ledger's checkpoints. */
export interface LedgerKey {
  /** The log's name in its checkpoints; stays the same for the life of the ledger. */
  readonly origin: string;
  /** PKCS #8 DER of an Ed25519 private key. */
  readonly privateKey: Uint8Array;
}

/** What every driver needs to know to open a store. */
export interface StoreOptions {
  /** Called once the schema is there: finds the ledger's key in the data or makes it. */
  loadLedgerKey(sql: Kysely<Schema>, stream: number): Promise<LedgerKey>;
  /** Called once the ledger's key is known: finds the keys of its payloads, which are not in the data, or makes them. */
  openKeyring(sql: Kysely<Schema>, ledger: LedgerName): Promise<Keyring>;
  /** At most one checkpoint in this time unless asked for; 1 s when absent. */
  readonly checkpointIntervalMs?: number;
  /** How long a transaction may take; 5 s when absent. */
  readonly transactionTimeoutMs?: number;
  /** Called when another gateway has taken the place of this one: it can write nothing any more, for good. */
  onFenced?(): void;
  /** Called once the store has let go of its data, also when it could not be opened. */
  onClosed?(): void;
}

export interface StartedLedger {
  readonly ledger: LedgerName;
  readonly keyring: Keyring;
  readonly cosigner: WitnessSigner;
}

/** Has the writer open the ledger with its keys. `sql` runs its statements on the writer, one by one. */
export async function startLedger(
  writer: ThreadLink<WriterRequest>,
  sql: Kysely<Schema>,
  stream: number,
  { loadLedgerKey, openKeyring }: Pick<StoreOptions, 'loadLedgerKey' | 'openKeyring'>,
): Promise<StartedLedger> {
  const { origin, privateKey } = await loadLedgerKey(sql, stream);
  const ledger = nameLedger(stream, { origin, privateKey });
  // All gateways of a database open the same keys, which bear the name of the first stream.
  const keyring = await openKeyring(sql, stream === 0 ? ledger : nameLedger(0, await loadLedgerKey(sql, 0)));
  const keys = keyring.keys.nodesFrom(await findStreamEnd(sql, stream));
  await writer.request({ kind: 'start-ledger', signer: { stream, origin, privateKey }, keys });
  return { ledger, keyring, cosigner: createCosigner({ origin, privateKey }) };
}

export function nameLedger(stream: number, key: LedgerKey): LedgerName {
  return {
    stream: nameStream(stream),
    origin: key.origin,
    vkey: formatVerifierKey(createNoteSigner(key).key),
  };
}

/** The `seq` of the stream's next record. */
export async function findStreamEnd(sql: Kysely<Schema>, stream: number): Promise<number> {
  const first = firstSeqOf(stream);
  const newest = await sql
    .selectFrom('ledger_entries')
    .select('seq')
    .where('seq', '>=', first)
    .where('seq', '<', first + streamSpan)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest === undefined ? first : newest.seq + 1;
}
