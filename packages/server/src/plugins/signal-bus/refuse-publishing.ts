import { AppError } from '@countersign/api';
import { type BusMessage, mostMessageBytes } from './signal-bus.ts';

/** What a bus says when a message may not have reached it. The cause may name addresses and stays in this process. */
export function refusePublishing(cause?: unknown): AppError {
  return new AppError('signal.bus_unavailable', { ...(cause === undefined ? {} : { cause }) });
}

/** Throws for what no bus would carry: a mistake of this server, not of the bus. */
export function requireSmall({ bytes }: BusMessage): void {
  if (bytes.length > mostMessageBytes) throw new RangeError('a message is too large for the bus');
}
