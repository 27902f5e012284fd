import type { CausalRecord, CausalSource, FoundRecords } from './causal-graph.ts';

/** What comes back in a task, or is told of its person. */
const readKinds: ReadonlySet<string> = new Set(['action.outcome', 'action.reported', 'task.prompt_told']);

type NamingRecord = CausalRecord & { readonly approval?: string; readonly chain?: readonly string[] };

/** Records in memory as something to walk through: those of a bundle, where there is no server to ask. */
export interface HeldRecords<R extends CausalRecord> extends CausalSource<R> {
  /** The record that an id stands for: its own, or that of an action, approval, task, delegation or agent. */
  find(id: string, direction: 'back' | 'on'): R | undefined;
}

/** Holds the records in the order of the ledger. Each is looked up in the time of one look-up. */
export function holdRecords<R extends NamingRecord>(records: readonly R[]): HeldRecords<R> {
  const byId = new Map(records.map((record) => [record.id, record]));
  const byCause = groupBy(records, (record) => record.causes);
  const told = records.filter(({ kind }) => kind === 'task.span_told');
  const byTrace = groupBy(told, ({ trace }) => (trace === undefined ? [] : [trace]));
  const byToolCall = groupBy(told, ({ toolCall }) => (toolCall === undefined ? [] : [toolCall]));
  const byTask = groupBy(records, ({ task }) => (task === undefined ? [] : [task]));
  const beside = ({ task = '', seq = 0 }: R, isWanted: (other: R, seq: number) => boolean) =>
    (byTask.get(task) ?? []).filter((other) => isWanted(other, seq));
  return {
    get: async (id) => byId.get(id),
    followers: async ({ id }, most) => take(byCause.get(id) ?? [], most),
    told: async ({ agent, trace = '', toolCall = '', caller, span }, most) => {
      const ofTrace = byTrace.get(trace) ?? [];
      const exact = ofTrace.filter(
        ({ body }) =>
          (caller !== undefined && body?.span === caller) ||
          (span !== undefined && body?.parentSpan === span),
      );
      const all = [...new Set([...exact, ...(byToolCall.get(toolCall) ?? []), ...ofTrace])];
      const own = take(
        all.filter((one) => one.agent === agent),
        most,
      );
      const other = all.find((one) => one.agent !== agent);
      return other === undefined ? own : { ...own, records: [...own.records, other] };
    },
    policy: async (version, then) =>
      records.findLast(
        (one) =>
          one.kind === 'policy.activated' &&
          one.policyVersion === version &&
          (one.seq ?? 0) < (then.seq ?? 0),
      ),
    context: async (record, direction, most) =>
      direction === 'back'
        ? take(
            beside(record, (one, seq) => readKinds.has(one.kind) && (one.seq ?? 0) < seq),
            most,
          )
        : take(
            beside(record, (one, seq) => one.kind === 'action.intent' && (one.seq ?? 0) > seq),
            most,
          ),
    find: (id, direction) => byId.get(id) ?? findNamed(records, id, direction),
  };
}

/** Of an action, and on the way back of an approval, its end; of all else its beginning. */
function findNamed<R extends NamingRecord>(
  records: readonly R[],
  id: string,
  direction: 'back' | 'on',
): R | undefined {
  const isEnd = direction === 'back' && (id.startsWith('act_') || id.startsWith('apr_'));
  const named = records.filter((record) => namesItself(record, id));
  if (isEnd && id.startsWith('act_'))
    return named.findLast(({ kind }) => ends.has(kind)) ?? named.findLast(() => true);
  return isEnd ? (named.findLast(({ kind }) => decided.has(kind)) ?? named.at(-1)) : named.at(0);
}

const ends: ReadonlySet<string> = new Set(['action.outcome', 'action.refused', 'action.reported']);
const decided: ReadonlySet<string> = new Set(['approval.granted', 'approval.denied', 'approval.expired']);

function namesItself({ action, agent, approval, chain, task }: NamingRecord, id: string): boolean {
  return [action, approval, task, agent, chain?.at(-1)].includes(id);
}

function groupBy<R>(records: readonly R[], listNames: (record: R) => readonly string[]): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const record of records)
    for (const name of new Set(listNames(record))) {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [record]);
      else group.push(record);
    }
  return groups;
}

function take<R extends NamingRecord>(records: readonly R[], most: number): FoundRecords<R> {
  return { records: records.slice(0, most), hasMore: records.length > most };
}
