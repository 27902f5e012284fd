import { AppError } from '@countersign/api';
import type { MasterKey } from '../../../platform/master-key.ts';

/** How far a list over all upstreams was read. */
export interface ListPosition {
  /** Upstreams that have more, each with its own cursor, null where it has not been read at all. */
  readonly open: readonly (readonly [upstream: string, cursor: string | null])[];
  /** Every upstream up to this one, by name, was begun. */
  readonly begunTo: string;
}

const lifeMilliseconds = 900_000;
const longestSealed = 64 * 1024;
export const listStart: ListPosition = { open: [], begunTo: '' };

/** Of no use to another agent or for another list. */
export interface ListReader {
  readonly agent: string;
  readonly method: string;
}

export function sealCursor(
  masterKey: MasterKey,
  reader: ListReader,
  position: ListPosition,
  now: number,
): string {
  return masterKey.seal(JSON.stringify({ ...position, expiresAt: now + lifeMilliseconds }), bind(reader));
}

/** Hostile: the cursor is the caller's. Throws `action.cursor_invalid` for one that was not given to it for this list, or too long ago. */
export function openCursor(
  masterKey: MasterKey,
  reader: ListReader,
  cursor: unknown,
  now: number,
): ListPosition {
  if (cursor === undefined) return listStart;
  let position: ListPosition & { readonly expiresAt: number };
  try {
    if (typeof cursor !== 'string' || cursor.length > longestSealed) throw new RangeError();
    position = JSON.parse(masterKey.open(cursor, bind(reader)));
  } catch {
    throw new AppError('action.cursor_invalid');
  }
  if (position.expiresAt <= now) throw new AppError('action.cursor_invalid');
  return position;
}

function bind({ agent, method }: ListReader): string {
  return `mcp.cursor ${agent} ${method}`;
}
