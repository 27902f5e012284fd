import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { ErasureJournal, KeptErasure } from '../../plugins/database/sealing/keyring.ts';
import { type KeyringFileOptions, syncFolder } from './keyring-file.ts';

const line = z.strictObject({ number: z.number().int().min(1), sealed: z.string() });

/**
 * What each erasure blanked, by ids alone, beside the keys: a database that is put back does not know it. A line is sealed under
 * the master key and only ever added. Throws `ledger.unavailable` when it cannot be kept, `ledger.keys_missing` when a line was
 * changed or is of another ledger; half a line at the end is what a crash leaves, before its keys were destroyed.
 */
export function openErasureJournal(options: KeyringFileOptions): ErasureJournal {
  const { path, masterKey } = options;
  const purposeOf = (number: number) => `countersign/erasure-journal/v1 ${options.ledger.vkey} ${number}`;
  return {
    async keep({ number, work }) {
      const sealed = masterKey.seal(work, purposeOf(number));
      try {
        const handle = await open(path, 'a', 0o600);
        try {
          // A line of its own, also after half a line.
          await handle.writeFile(`\n${JSON.stringify({ number, sealed })}\n`);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await syncFolder(dirname(path));
      } catch (cause) {
        throw new AppError('ledger.unavailable', {
          detail: 'the journal of erasures cannot be written',
          cause,
        });
      }
    },
    async readSince(number) {
      const lines = (await readText(path)).split('\n').filter((one) => one !== '');
      const found = new Map<number, KeptErasure>();
      for (const text of lines) {
        const read = parseLine(text);
        if (read === undefined || read.number <= number) continue;
        try {
          found.set(read.number, {
            number: read.number,
            work: masterKey.open(read.sealed, purposeOf(read.number)),
          });
        } catch (cause) {
          const detail = `line ${read.number} of the journal of erasures was changed or is of another ledger`;
          throw new AppError('ledger.keys_missing', { detail, cause });
        }
      }
      return [...found.values()];
    },
  };
}

function parseLine(text: string): z.infer<typeof line> | undefined {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new AppError('ledger.keys_missing', { detail: 'the journal of erasures cannot be read', cause });
  }
}
