import { type RetentionClass, retentionClassOf } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { StoredRecord } from '../ledger-record.ts';
import type { ErasureWork } from './erasure-work.ts';

/** Everything that the erasure of these records has to reach: all that repeats what they said. */
export async function planErasure(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
  named: { readonly task?: string; readonly person?: string } = {},
): Promise<ErasureWork> {
  const actions = listDistinct(records.map(({ action }) => action));
  const tasks = listDistinct([named.task, ...listTasks(records)]);
  const found = await findApprovals(sql, { actions, tasks });
  return {
    ...listOwn(records),
    actions,
    approvals: listDistinct([...records.map(({ approval }) => approval), ...found]),
    tasks,
    contents: [],
    prompts: [],
    person: named.person ?? null,
  };
}

/**
 * What goes with records of one class alone: with what was said, arguments, prompts and what was shown; votes, receipts and
 * reasons are of the class of decisions and stay as long as that does.
 */
export async function planRetirement(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
  retentionClass: RetentionClass,
): Promise<ErasureWork> {
  const none = { actions: [], approvals: [], tasks: [], contents: [], prompts: [], person: null };
  const own = { ...listOwn(records), ...none };
  if (retentionClass === 'content') {
    const actions = listDistinct(records.map(({ action }) => action));
    const contents = await findApprovals(sql, { actions, tasks: [] });
    return { ...own, actions, contents: listDistinct([...contents]), prompts: listTasks(records) };
  }
  if (retentionClass !== 'decision') return own;
  const decided = records.filter(({ kind }) => kind.startsWith('approval.'));
  return {
    ...own,
    approvals: listDistinct(decided.map(({ approval }) => approval)),
    tasks: listTasks(records),
  };
}

function listOwn(records: readonly StoredRecord[]): Pick<ErasureWork, 'seqs' | 'ranges' | 'records'> {
  return {
    seqs: records.map(({ seq }) => seq),
    ranges: listRanges(records),
    records: records.map(({ id }) => id),
  };
}

function listTasks(records: readonly StoredRecord[]): string[] {
  return listDistinct(records.filter(({ kind }) => kind.startsWith('task.')).map(({ task }) => task));
}

const idsAtOnce = 500;

async function findApprovals(
  sql: Kysely<Schema>,
  { actions, tasks }: { readonly actions: readonly string[]; readonly tasks: readonly string[] },
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [column, ids] of [['action_id', actions] as const, ['task_id', tasks] as const])
    for (let from = 0; from < ids.length; from += idsAtOnce) {
      const some = ids.slice(from, from + idsAtOnce);
      const rows = await sql.selectFrom('approvals').select('id').where(column, 'in', some).execute();
      found.push(...rows.map(({ id }) => id));
    }
  return found;
}

/** Neighbours of one class are one range. */
function listRanges(records: readonly StoredRecord[]): ErasureWork['ranges'] {
  const ranges: ErasureWork['ranges'] = [];
  const open = new Map<RetentionClass, [RetentionClass, number, number]>();
  for (const { seq, kind } of records.toSorted((one, other) => one.seq - other.seq)) {
    const name = retentionClassOf(kind);
    const range = open.get(name);
    if (range?.[2] === seq) range[2] = seq + 1;
    else {
      const next: [RetentionClass, number, number] = [name, seq, seq + 1];
      open.set(name, next);
      ranges.push(next);
    }
  }
  return ranges;
}

function listDistinct(ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids.filter((id) => id !== undefined))];
}
