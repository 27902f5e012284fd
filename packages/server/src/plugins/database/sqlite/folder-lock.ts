import { DatabaseSync } from 'node:sqlite';
import { StoreFailure } from '../store-failure.ts';
import { createPrivately } from './create-privately.ts';

/**
 * Takes the data folder for this process until the returned function is called or the process ends, however it ends:
 * the operating system's lock on a file, taken through an exclusive SQLite transaction. Throws when it is held.
 */
export function lockFolder(path: string): () => void {
  createPrivately(path);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    const busy = error instanceof Error && 'errcode' in error && error.errcode === 5;
    if (busy)
      throw new StoreFailure({
        kind: 'refused',
        code: 'server.data_folder_in_use',
        message: 'the lock on the data folder is held',
      });
    throw error;
  }
  return () => database.close();
}
