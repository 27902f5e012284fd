import { formatVerifierKey } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import { createNoteSigner } from './checkpoint-writer.ts';
import type { LedgerName } from './database.ts';
import type { WriterRequest } from './messages.ts';
import type { Schema } from './schema.ts';
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
  loadLedgerKey(sql: Kysely<Schema>): Promise<LedgerKey>;
  /** At most one checkpoint in this time unless asked for; 1 s when absent. */
  readonly checkpointIntervalMs?: number;
  /** How long a transaction may take; 5 s when absent. */
  readonly transactionTimeoutMs?: number;
  /** Called once the store has let go of its data, also when it could not be opened. */
  onClosed?(): void;
}

const stream = 'main';

/** Has the writer open the ledger with its key. `sql` runs its statements on the writer, one by one. */
export async function startLedger(
  writer: ThreadLink<WriterRequest>,
  sql: Kysely<Schema>,
  loadLedgerKey: StoreOptions['loadLedgerKey'],
): Promise<LedgerName> {
  const { origin, privateKey } = await loadLedgerKey(sql);
  await writer.request({ kind: 'start-ledger', signer: { stream, origin, privateKey } });
  const { key } = createNoteSigner({ origin, privateKey });
  return { stream, origin, vkey: formatVerifierKey(key) };
}
