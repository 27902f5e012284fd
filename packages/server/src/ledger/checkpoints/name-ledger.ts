import { AppError } from '@countersign/api';
import { nameStream, readStreamName } from '@countersign/ledger';
import { z } from 'zod';
import type { LedgerName, Store } from '../../plugins/database/database.ts';

/** Of which stream; that of the gateway that answers when absent. */
export const streamName = z
  .string()
  .max(16)
  .describe('A stream of the ledger, such as main-1; that of the gateway which answers when absent');

/** How a stream that gateways have written is verified, and its number. Throws `server.not_found` for another. */
export async function findStream(
  store: Pick<Store, 'seat' | 'ledger' | 'nameLedger'>,
  name: string | undefined,
): Promise<LedgerName & { readonly number: number }> {
  const number = name === undefined ? store.seat.stream : readStreamName(name);
  const found = number === undefined ? undefined : await store.nameLedger(number);
  if (number === undefined || found === undefined) throw new AppError('server.not_found');
  return { ...found, number };
}

/** As `findStream`, for a stream whose records were read. */
export async function getStreamName(
  store: Pick<Store, 'seat' | 'ledger' | 'nameLedger'>,
  stream: number,
): Promise<LedgerName> {
  const { number: _, ...name } = await findStream(store, nameStream(stream));
  return name;
}
