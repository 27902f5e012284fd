import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toStoreError } from '../to-store-error.ts';
import { describeSqliteFailure } from './describe-failure.ts';
import { lockFolder } from './folder-lock.ts';

/**
 * Takes the data folder for a server whose data is elsewhere: its keys and secrets are still there. Returns how to give
 * it back. Throws `server.data_folder_in_use`.
 */
export async function lockDataFolder(folder: string): Promise<() => void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return lockFolder(join(folder, 'lock.db'));
  } catch (error) {
    throw toStoreError(describeSqliteFailure(error));
  }
}
