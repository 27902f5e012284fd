import { type RetentionClass, retentionClassOf } from '@countersign/api';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { StoredRecord } from '../ledger-record.ts';
import type { ErasureWork } from './erasure-work.ts';

/** Everything that the erasure of these records has to reach. An approval that waits for people is left as it is. */
export async function planErasure(
  sql: Kysely<Schema>,
  records: readonly StoredRecord[],
  named: { readonly task?: string; readonly person?: string } = {},
): Promise<ErasureWork> {
  const tasks = records.filter(({ kind }) => kind.startsWith('task.')).map(({ task }) => task);
  const actions = listDistinct(records.map(({ action }) => action));
  const about = listDistinct([named.task, ...tasks]);
  const found = await findApprovals(sql, { actions, tasks: about });
  const approvals = listDistinct([...records.map(({ approval }) => approval), ...found]);
  return {
    seqs: records.map(({ seq }) => seq),
    ranges: listRanges(records),
    records: records.map(({ id }) => id),
    actions,
    approvals: await leaveOpen(sql, approvals),
    tasks: about,
    person: named.person ?? null,
  };
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

async function leaveOpen(sql: Kysely<Schema>, approvals: readonly string[]): Promise<string[]> {
  const over: string[] = [];
  for (let from = 0; from < approvals.length; from += idsAtOnce) {
    const rows = await sql
      .selectFrom('approvals')
      .select('id')
      .where('id', 'in', approvals.slice(from, from + idsAtOnce))
      .where('state', 'not in', ['requested', 'approved'])
      .execute();
    over.push(...rows.map(({ id }) => id));
  }
  return over;
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
