import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { ReadAssertion } from '../incoming/read-assertion.ts';
import { type Organisation, readOrganisation } from '../organisation.ts';
import { withdrawWord } from '../withdraw-word.ts';
import { readStatusList, type StatusList } from './read-status-list.ts';

interface Place {
  readonly organisation: Organisation;
  readonly issuer: string;
  readonly uri: string;
}

const pauseMilliseconds = 1_000;

/** That the list the assertion points to says it is in force now. Throws `organisation.assertion_invalid`, `organisation.unavailable`. */
export async function requireValidStatus(context: Context, assertion: ReadAssertion): Promise<void> {
  const { organisation, issuer, status } = assertion;
  if (status === null) return;
  let list: StatusList;
  try {
    list = await fetchList(context, { organisation, issuer, uri: status.uri });
  } catch (thrown) {
    throw new AppError('organisation.unavailable', { cause: thrown });
  }
  if (list.find(status.idx) !== 0) throw new AppError('organisation.assertion_invalid', { cause: 'revoked' });
}

/**
 * Ends the tasks whose organisation has taken its word back, by its status lists, and those of which it could not be asked
 * for longer than it said. Each list is read once however many tasks point to it. Returns when to look again.
 */
export async function checkStatuses(context: Context): Promise<number> {
  const { organisations, platform } = context;
  // Most houses know none: then no second costs them a question to the database.
  if (organisations.list().length === 0) return platform.now() + pauseMilliseconds;
  const rows = await findOpen(context);
  const lists = Map.groupBy(rows, ({ status_uri }) => status_uri ?? '');
  organisations.lists.keep(new Set(lists.keys()));
  let pause = pauseMilliseconds;
  await Promise.all(
    [...lists].map(async ([uri, tasks]) => {
      const [first] = tasks;
      if (first === undefined) return;
      const organisation = readOrganisation(first);
      const { checkMilliseconds } = organisation.terms;
      pause = Math.min(pause, checkMilliseconds);
      const { held, triedAt } = organisations.lists.find(uri);
      const now = platform.now();
      let list = held;
      if (now - triedAt >= checkMilliseconds || now < triedAt)
        list = await fetchList(context, { organisation, issuer: first.issuer, uri }).catch(() => held);
      for (const { task_id: taskId, status_index } of tasks) {
        const isKnown = list !== undefined && platform.now() < list.goodUntil;
        if (isKnown && list?.find(status_index ?? -1) === 0) continue;
        await withdrawWord(context, {
          organisation,
          taskId,
          why: isKnown ? 'revoked' : 'status_unavailable',
        });
      }
    }),
  );
  return platform.now() + pause;
}

function findOpen({ store }: Pick<Context, 'store'>) {
  return store.sql
    .selectFrom('organisation_tasks')
    .innerJoin('tasks', 'tasks.id', 'organisation_tasks.task_id')
    .innerJoin('organisations', 'organisations.id', 'organisation_tasks.organisation_id')
    .selectAll('organisations')
    .select(['task_id', 'issuer', 'status_uri', 'status_index'])
    .where('tasks.ended_at', 'is', null)
    .where('status_uri', 'is not', null)
    .execute();
}

/** Reads it now and keeps it. One older than what was seen before is refused: it would bring back what was revoked. */
async function fetchList(context: Context, { organisation, issuer, uri }: Place): Promise<StatusList> {
  const { config, organisations, platform } = context;
  const pinned = organisation.terms.issuers.find((one) => one.issuer === issuer);
  if (pinned === undefined) throw new Error('the issuer is trusted no more');
  organisations.lists.noteTried(uri, platform.now());
  const text = await organisations.fetch(uri, 'application/statuslist+jwt');
  const list = await readStatusList(text, {
    ...{ uri, issuer, keys: organisations.keysOf(pinned), now: platform.now() },
    clockSkewSeconds: config.tokens.clockSkewSeconds,
  });
  const { held } = organisations.lists.find(uri);
  if (held !== undefined && list.issuedAt < held.issuedAt) throw new Error('older than the one before');
  organisations.lists.keepList(uri, list);
  return list;
}
