import { AppError } from '@countersign/api';
import { countResultRows, type JsonObject } from '@countersign/core';
import type { Brought } from './reserve-budgets.ts';
import type { Recorded } from './stages.ts';

/** What goes to the caller before the answer has ended; it is counted as it goes. */
export type Interim = { -readonly [Unit in keyof Brought]: Brought[Unit] };

type Measured = Pick<Recorded, 'id' | 'reservation' | 'interim'>;

/** A reply as the caller may see it. */
export interface Shown {
  readonly response: JsonObject | null;
  /** Its text, when that is already there. */
  readonly raw: string | null;
  /** The same without what this house says beside it, which makes no rows. */
  readonly data: JsonObject | null;
}

/**
 * The rows and bytes that the caller gets: interim messages and the answer. An answer with more than was set aside for
 * it is withheld whole, for half of it would be taken for all. Throws `action.limit_reached`.
 */
export function measureResult(measured: Measured, shown: Shown): Brought {
  const { reservation, interim } = measured;
  if (reservation === null || !reservation.isMeasured) return { ...interim };
  const brought = countBrought(measured, shown);
  requireRoom(measured, brought, 'the call was made and its answer is withheld');
  return brought;
}

/** What the caller would have had, counting what it has. */
export function countBrought(
  { interim }: Pick<Measured, 'interim'>,
  { response, raw, data }: Shown,
): Brought {
  if (response === null) return { ...interim };
  const size = Buffer.byteLength(raw ?? JSON.stringify(response));
  // No row is smaller than a byte, however deep it hides.
  const rows = data?.result === undefined ? 0 : Math.min(countResultRows(data.result), size);
  return { rows: interim.rows + rows, bytes: interim.bytes + size };
}

/** Whether there is room for an interim message, which is then counted. */
export function admitInterim({ reservation, interim }: Measured, message: JsonObject): boolean {
  if (reservation === null || !reservation.isMeasured) return true;
  const bytes = interim.bytes + Buffer.byteLength(JSON.stringify(message));
  if (bytes > reservation.most.bytes) return false;
  interim.bytes = bytes;
  return true;
}

/** Counts a piece of a body that is passed on as it comes, its rows by its lines. Throws `action.limit_reached` before the first byte too many. */
export function admitChunk(measured: Measured, chunk: Uint8Array): void {
  const { reservation, interim } = measured;
  if (reservation === null || !reservation.isMeasured) return;
  let rows = interim.bytes === 0 ? 1 : interim.rows;
  for (const byte of chunk) if (byte === newline) rows += 1;
  const brought = { rows, bytes: interim.bytes + chunk.length };
  requireRoom(measured, brought, 'the call was made and the rest of its answer is withheld');
  Object.assign(interim, brought);
}

const newline = 0x0a;

function requireRoom({ id, reservation }: Measured, brought: Brought, consequence: string): void {
  for (const unit of ['rows', 'bytes'] as const) {
    const most = reservation?.most[unit] ?? Number.POSITIVE_INFINITY;
    if (brought[unit] <= most) continue;
    const detail = `there was room for ${most} ${unit}; ${consequence}`;
    throw new AppError('action.limit_reached', { detail, data: { action: id, unit, retryable: false } });
  }
}
