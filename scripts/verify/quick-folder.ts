import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

export interface QuickFolder {
  /** What programs get beside their environment. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
}

const memoryFolder = '/dev/shm';
/** So much of it must be free: what tests leave for each other stays far below. */
const leastBytes = 4 * 2 ** 30;

/**
 * A folder for temporary files in memory, where there is room: every commit of every test waits for the disk otherwise. What
 * the disk itself is for is proven by tests that are not given one.
 */
export function makeQuickFolder(folder = memoryFolder): QuickFolder {
  if (!hasRoom(folder)) return { environment: {}, remove: () => {} };
  const made = mkdtempSync(join(folder, 'countersign-verify-'));
  // A database that must not run as root finds its folder in it.
  chmodSync(made, 0o711);
  return {
    environment: { TMPDIR: made },
    remove: () => rmSync(made, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= leastBytes;
  } catch {
    return false;
  }
}
