import type { Transaction } from '../plugins/database/database.ts';

/** Tells no browser of the person any more. Returns how many there were. */
export async function forgetDevices({ sql }: Pick<Transaction, 'sql'>, personId: string): Promise<number> {
  const gone = await sql
    .deleteFrom('push_subscriptions')
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** Nothing goes to the addresses they named, proven or about to be; what is on or off stays. Returns how many there were. */
export async function forgetAddresses({ sql }: Pick<Transaction, 'sql'>, personId: string): Promise<number> {
  const gone = await sql
    .updateTable('person_channels')
    .set({ address: null, verified_at: null, code_digest: null, code_expires_at: null, code_tries: 0 })
    .where('person_id', '=', personId)
    .where('address', 'is not', null)
    .executeTakeFirst();
  return Number(gone.numUpdatedRows);
}
