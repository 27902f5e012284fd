import { closeSync, fchmodSync, openSync } from 'node:fs';

/** Makes the file its owner's alone, before SQLite would make it readable for others; its WAL and index take after it. */
export function createPrivately(path: string): void {
  const file = openSync(path, 'a', 0o600);
  try {
    fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
}
