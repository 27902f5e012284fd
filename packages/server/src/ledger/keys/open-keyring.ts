import { join } from 'node:path';
import { AppError } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Platform } from '../../platform/platform.ts';
import { firstSeqOf, mostStreams } from '../../plugins/database/ledger-streams.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { secretBytes } from '../../plugins/database/sealing/derive-secret.ts';
import { drawRoots, type Keyring } from '../../plugins/database/sealing/keyring.ts';
import { PayloadKeys } from '../../plugins/database/sealing/payload-keys.ts';
import { listStreams } from '../streams/list-streams.ts';
import { openErasureJournal } from './erasure-journal.ts';
import {
  type KeyringFileOptions,
  makeKeyringFile,
  readKeyringFile,
  writeKeyringFile,
} from './keyring-file.ts';

export interface KeyringOptions extends Omit<KeyringFileOptions, 'path'> {
  /** The data folder. */
  readonly folder: string;
  readonly platform: Pick<Platform, 'randomBytes'>;
}

/**
 * The keys of this ledger's payloads from their file in the data folder, made on the first start. Throws
 * `ledger.keys_missing`; `ledger.keys_rolled_back` for an older copy, which could open what was erased since.
 */
export async function openKeyring(
  sql: Kysely<Schema>,
  { folder, platform, ...rest }: KeyringOptions,
): Promise<Keyring> {
  const options = { ...rest, path: join(folder, 'evidence.keys') };
  const found = await readKeyringFile(options);
  if (found !== undefined) await requireNewest(sql, found.erasures);
  let held = found ?? (await makeFirst(sql, options, platform));
  // An older copy of the database was put back: its next records stand where others were erased since.
  const keys = await replenish(sql, held.keys, () => platform.randomBytes(secretBytes));
  if (keys !== held.keys) {
    held = { ...held, keys };
    await writeKeyringFile(options, held);
  }
  return {
    journal: openErasureJournal({ ...rest, path: join(folder, 'evidence.erased') }),
    get keys() {
      return held.keys;
    },
    get erasures() {
      return held.erasures;
    },
    replace: async (keys, erasures) => {
      await writeKeyringFile(options, { keys, erasures });
      held = { keys, erasures };
    },
    refresh: async () => {
      const written = await readKeyringFile(options);
      if (written === undefined) throw new AppError('ledger.keys_missing', { detail: 'their file is gone' });
      // An older copy that was put back opens nothing that is forgotten here.
      if (written.erasures > held.erasures) held = written;
    },
  };
}

async function replenish(
  sql: Kysely<Schema>,
  keys: PayloadKeys,
  drawSecret: () => Uint8Array,
): Promise<PayloadKeys> {
  const ends = new Map((await listStreams(sql)).map(({ stream, end }) => [stream, end]));
  return Array.from({ length: mostStreams }).reduce<PayloadKeys>((all, _, stream) => {
    const from = ends.get(stream) ?? firstSeqOf(stream);
    return all.replenish({ from, to: firstSeqOf(stream + 1) }, drawSecret);
  }, keys);
}

async function requireNewest(sql: Kysely<Schema>, erasures: number): Promise<void> {
  const newest = await sql
    .selectFrom('ledger_erasures')
    .select('number')
    .where('state', '<>', 'begun')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if ((newest?.number ?? 0) <= erasures) return;
  const detail = `the ledger tells of erasure ${newest?.number}, the evidence keys of ${erasures}`;
  throw new AppError('ledger.keys_rolled_back', { detail });
}

/** Only where nothing was sealed yet: in a new ledger, or one of before payloads were. */
async function makeFirst(
  sql: Kysely<Schema>,
  options: KeyringFileOptions,
  { randomBytes }: KeyringOptions['platform'],
) {
  const sealed = await sql.selectFrom('ledger_payloads').select('seq').limit(1).executeTakeFirst();
  const record = await sql.selectFrom('ledger_entries').select('seq').limit(1).executeTakeFirst();
  const plain = await sql.selectFrom('ledger_plain_payloads').select('seq').limit(1).executeTakeFirst();
  if (sealed !== undefined || (record !== undefined && plain === undefined)) {
    // Another gateway may have made it and begun to write since this one looked.
    const found = await readKeyringFile(options);
    if (found !== undefined) return found;
    throw new AppError('ledger.keys_missing', { detail: 'there are records, but no file with their keys' });
  }
  const first = { keys: PayloadKeys.fromRoots(drawRoots(randomBytes)), erasures: 0 };
  await makeKeyringFile(options, first);
  return (await readKeyringFile(options)) ?? first;
}
