import { AppError } from '@countersign/api';

const mostMessages = 200_000;
const deepest = 24;

/** What one export may cost: an empty message takes two bytes on the wire and a hundred here. */
export interface Decoding {
  /** Counts a message at this depth. Throws `action.too_large`. */
  enter(depth: number): void;
}

export function createDecoding(): Decoding {
  let messages = 0;
  return {
    enter(depth) {
      messages += 1;
      if (messages > mostMessages || depth > deepest) throw new AppError('action.too_large');
    },
  };
}

export function refuseExport(detail: string): AppError {
  return new AppError('task.telemetry_invalid', { detail });
}

/** Undefined for what is no trace or span id (W3C Trace Context §3.2.2). */
export function readTelemetryId(hexadecimal: string): string | undefined {
  const id = hexadecimal.toLowerCase();
  return /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(id) && !/^0+$/.test(id) ? id : undefined;
}

/** Epoch milliseconds; undefined for none, and for what no date can be. */
export function readNanos(nanos: bigint): number | undefined {
  const milliseconds = Number(nanos / 1_000_000n);
  return milliseconds > 0 && milliseconds <= 8.64e15 ? milliseconds : undefined;
}

export function readInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
