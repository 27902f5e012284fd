import type { Store } from '../plugins/database/database.ts';
import type { CancelScope } from './approval-state.ts';

/** Those in the store that are open under what ended. */
export async function findOpen(
  { sql }: Pick<Store, 'sql'>,
  scope: CancelScope,
  target: string,
): Promise<readonly string[]> {
  const open = sql
    .selectFrom('approvals')
    .select(['id', 'signed_action'])
    .where('state', 'in', ['requested', 'approved']);
  switch (scope) {
    case 'approval':
      return listIds(await open.where('id', '=', target).execute());
    case 'task':
      return listIds(await open.where('task_id', '=', target).execute());
    case 'agent':
      return listIds(await open.where('agent_id', '=', target).execute());
    case 'owner': {
      const isOf = open.where((where) =>
        where.or([
          where('owner_id', '=', target),
          where('asked_person_id', '=', target),
          where('check_person_id', '=', target),
        ]),
      );
      return listIds(await isOf.execute());
    }
    case 'delegation': {
      const rows = await open.where('signed_action', 'like', `%"${target}"%`).execute();
      // The words of an argument may name it as well.
      return listIds(rows.filter(({ signed_action }) => readChain(signed_action).includes(target)));
    }
  }
}

function listIds(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(({ id }) => id);
}

function readChain(signedAction: string): readonly string[] {
  const { chain = [] }: { readonly chain?: readonly string[] } = JSON.parse(signedAction);
  return chain;
}
