import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { createVerifierKey, formatCheckpoint, type NoteSigner, signNote } from '@countersign/ledger';
import type { StoredCheckpoint } from '../database.ts';
import type { Connection } from './connection.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { LedgerSigner } from './messages.ts';

/** A signer for the ledger's key; its name in notes is the log's origin. */
export function createNoteSigner({ origin, privateKey }: LedgerSigner): NoteSigner {
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  return {
    key: createVerifierKey(origin, exportPublicKey(key)),
    sign: (message) => sign(null, message, key),
  };
}

function exportPublicKey(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32));
}

/** The one place that signs tree heads: sizes only grow, and a head is durable before anyone sees it. */
export class CheckpointWriter {
  readonly #connection: Connection;
  readonly #ledger: LedgerWriter;
  readonly #signer: NoteSigner;

  constructor(connection: Connection, ledger: LedgerWriter, signer: NoteSigner) {
    this.#connection = connection;
    this.#ledger = ledger;
    this.#signer = signer;
  }

  /** The newest checkpoint, signed and stored now unless it covers every record already. No transaction may be open. */
  write(): StoredCheckpoint {
    const row = this.#connection.prepare(newest).get();
    const { size, newestAt: at } = this.#ledger;
    if (row !== undefined && Number(row.size) === size)
      return { size, note: String(row.note), at: Number(row.at) };
    const root = this.#ledger.root();
    const note = signNote(formatCheckpoint({ origin: this.#signer.key.name, size, root }), this.#signer);
    this.#connection.prepare(insert).run(size, root, note, at);
    return { size, note, at };
  }
}

const newest = 'SELECT size, note, at FROM ledger_checkpoints ORDER BY size DESC LIMIT 1';
const insert = 'INSERT INTO ledger_checkpoints (size, root, note, at) VALUES (?, ?, ?, ?)';
