import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import {
  createVerifierKey,
  createWitnessKey,
  formatCheckpoint,
  type NoteSigner,
  signNote,
  type WitnessSigner,
} from '@countersign/ledger';
import type { StoredCheckpoint } from './database.ts';
import { findNewestCheckpoint, insertCheckpoint, type RunStatement } from './ledger-statements.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { LedgerSigner } from './messages.ts';

/** A signer for the ledger's key; its name in notes is the log's origin. */
export function createNoteSigner({ origin, privateKey }: Omit<LedgerSigner, 'stream'>): NoteSigner {
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  return {
    key: createVerifierKey(origin, exportPublicKey(key)),
    sign: (message) => sign(null, message, key),
  };
}

/** Cosigns for the ledger's key, whose id then is another: what it cosigns begins as no checkpoint does. */
export function createCosigner({ origin, privateKey }: Omit<LedgerSigner, 'stream'>): WitnessSigner {
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  return {
    key: createWitnessKey(origin, exportPublicKey(key)),
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
  run: RunStatement,
  ledger: LedgerWriter,
  signer: NoteSigner,
): Promise<StoredCheckpoint> {
  const newest = await findNewestCheckpoint(run, ledger.stream);
  const { size, newestAt: at } = ledger;
  if (newest?.size === size) return newest;
  const root = ledger.root();
  const note = signNote(formatCheckpoint({ origin: signer.key.name, size, root }), signer);
  await insertCheckpoint(run, ledger.stream, { size, note, at }, root);
  return { size, note, at };
}
