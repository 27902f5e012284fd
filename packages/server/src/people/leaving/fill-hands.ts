import type { Context } from '../../context.ts';

export interface Hands {
  readonly ownerId: string;
  readonly agents: number;
  /** Who delegated to them; the owner when absent. */
  readonly rootId?: string;
}

const rowsAtOnce = 500;

/** For tests: agents of one owner, each with a delegation and a running task, written at once. Returns the agents' ids. */
export async function fillHands(
  context: Pick<Context, 'platform' | 'store'>,
  hands: Hands,
): Promise<readonly string[]> {
  const { platform, store } = context;
  const { ownerId, rootId = ownerId } = hands;
  const now = platform.now();
  const later = now + 3_600_000;
  const made = Array.from({ length: hands.agents }, () => platform.newId('agt'));
  for (let from = 0; from < made.length; from += rowsAtOnce) {
    const some = made.slice(from, from + rowsAtOnce);
    await store.transaction(async (tx) => {
      const agents = some.map((id) => ({
        ...{
          id,
          name: id.toLowerCase().replace('_', '-'),
          owner_id: ownerId,
          purpose: 'Test',
          environment: 'test',
        },
        ...{ group_names: '[]', state: 'active' as const, created_at: now, changed_at: now },
      }));
      await tx.sql.insertInto('agents').values(agents).execute();
      const delegations = some.map((id) => ({
        ...{
          id: platform.newId('dlg'),
          parent_id: null,
          from_person_id: rootId,
          from_agent_id: null,
          agent_id: id,
        },
        ...{ root_person_id: rootId, purpose: 'Test', limits: '{}', is_default: 1, created_at: now },
        ...{ expires_at: later, revoked_at: null },
      }));
      await tx.sql.insertInto('delegations').values(delegations).execute();
      const tasks = delegations.map(({ id, agent_id }) => ({
        ...{
          id: platform.newId('tsk'),
          delegation_id: id,
          agent_id,
          purpose: 'Test',
          prompt: null,
          limits: '{}',
        },
        ...{ opened_at: now, expires_at: later, ended_at: null, end_reason: null },
      }));
      await tx.sql.insertInto('tasks').values(tasks).execute();
    });
  }
  return made;
}
