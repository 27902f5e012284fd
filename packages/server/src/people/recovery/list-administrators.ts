import type { Transaction } from '../../plugins/database/database.ts';
import { readPerson } from '../person.ts';

/** Active administrators with a passkey that counts or will. */
export async function listAdministrators(from: Pick<Transaction, 'sql'>): Promise<readonly string[]> {
  const rows = await from.sql
    .selectFrom('people')
    .selectAll()
    .where('state', '=', 'active')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('passkeys')
          .select('credential_id')
          .whereRef('passkeys.person_id', '=', 'people.id')
          .where('counts_from', 'is not', null),
      ),
    )
    .execute();
  return rows
    .map(readPerson)
    .filter(({ roles }) => roles.includes('admin'))
    .map(({ id }) => id);
}
