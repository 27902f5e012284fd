import { linkTold, listClaims } from '@countersign/core';
import type { Context } from '../../context.ts';
import { createCausalSource } from '../causality/index.ts';
import { findRecord } from '../find-record.ts';
import type { StoredRecord } from '../ledger-record.ts';
import type { Reading } from '../scope/reading.ts';
import { findRecords, findVisible } from '../search-ledger.ts';
import type { BundleSelection } from './bundle-input.ts';

export interface CollectedRecords {
  /** In the order of the ledger. */
  readonly records: readonly StoredRecord[];
  /** There was more than the bounds let in. */
  readonly truncated: boolean;
}

interface Bounds {
  readonly most: number;
  /** Asked between steps: true ends the search. */
  readonly isOver: () => boolean;
}

type Collecting = Pick<Context, 'platform' | 'store'>;

const perPage = 500;
const atOnce = 16;
/** Records read beside one: the votes and receipts of its approval, what was told of its call. */
const mostBeside = 200;

/**
 * The records that are asked for, and all that they followed from, in whatever task and of whatever agent. Out of the
 * reader's scope only what an entry in it names as a cause, and nothing beyond: that much is public in the tree, and what
 * else belongs together is not.
 */
export async function collectRecords(
  context: Collecting,
  reading: Reading,
  { selection, ...bounds }: Bounds & { readonly selection: BundleSelection },
): Promise<CollectedRecords> {
  const found = new Map<string, StoredRecord>();
  let truncated = false;
  const add = (records: readonly StoredRecord[]): StoredRecord[] => {
    const fresh: StoredRecord[] = [];
    for (const record of records) {
      if (found.has(record.id) || !reading.isVisible(record)) continue;
      if (found.size >= bounds.most) {
        truncated = true;
        break;
      }
      found.set(record.id, record);
      fresh.push(record);
    }
    return fresh;
  };
  const selected = await select(context, reading, selection, bounds.most);
  truncated ||= selected.truncated;
  let level = add(selected.records);
  level.push(...add(await readActions(context, level)));
  const neighbours = createNeighbours(context);
  while (level.length > 0) {
    if (bounds.isOver()) {
      truncated = true;
      break;
    }
    const next: StoredRecord[] = [];
    for (let start = 0; start < level.length; start += atOnce) {
      const beside = await Promise.all(level.slice(start, start + atOnce).map(neighbours));
      truncated ||= beside.some(({ hasMore }) => hasMore);
      next.push(...add(beside.flatMap(({ records }) => records)));
    }
    // What policies there were before says nothing of what was decided.
    level = next.filter(({ kind }) => kind !== 'policy.activated');
  }
  for (const cause of await readCauses(context, reading, [...found.values()])) {
    if (found.size < bounds.most) found.set(cause.id, cause);
    else truncated = true;
  }
  return { records: [...found.values()].sort((one, other) => one.seq - other.seq), truncated };
}

/** As the reader would find them: what they may not search for, they cannot ask a bundle of. */
async function select(
  context: Collecting,
  reading: Reading,
  selection: BundleSelection,
  most: number,
): Promise<CollectedRecords> {
  const records: StoredRecord[] = [];
  let cursor: string | undefined;
  do {
    const more = cursor === undefined ? {} : { cursor };
    const page = await findVisible(context, reading, { ...selection, ...more, limit: perPage });
    records.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && records.length <= most);
  return { records: records.slice(0, most), truncated: cursor !== undefined || records.length > most };
}

/** Whoever asks for a decision or an approval wants to know how the action ended. */
async function readActions(context: Collecting, records: readonly StoredRecord[]): Promise<StoredRecord[]> {
  const actions = new Set(records.flatMap(({ action }) => (action === undefined ? [] : [action])));
  const found: StoredRecord[] = [];
  for (const action of actions)
    found.push(...(await findRecords(context, { action, limit: mostBeside })).items);
  return found;
}

/** Causes out of scope: that they are there, and that nothing was slipped in for them. */
async function readCauses(
  context: Collecting,
  reading: Reading,
  records: readonly StoredRecord[],
): Promise<readonly StoredRecord[]> {
  if (reading.access === undefined) return [];
  const held = new Set(records.map(({ id }) => id));
  const causes = new Set(records.flatMap((record) => record.causes.filter((cause) => !held.has(cause))));
  const found: StoredRecord[] = [];
  for (const cause of causes) {
    const record = await findRecord(context.store, cause);
    if (record !== undefined && !reading.isVisible(record)) found.push(record);
  }
  return found;
}

interface Beside {
  readonly records: readonly StoredRecord[];
  readonly hasMore: boolean;
}

/** What belongs with a record: what `why` walks to, and the people and papers of its approval. */
function createNeighbours(context: Collecting): (record: StoredRecord) => Promise<Beside> {
  const source = createCausalSource(context);
  const approvals = new Set<string>();
  return async (record) => {
    const { action, approval, kind, policyVersion = '', toolCall, trace } = record;
    const records: StoredRecord[] = [];
    let hasMore = false;
    for (const claim of listClaims(record)) {
      const cause = await source.get(claim.id);
      if (cause !== undefined) records.push(cause);
    }
    if (kind === 'action.decision' && policyVersion !== '') {
      const activation = await source.policy?.(policyVersion, record);
      if (activation !== undefined) records.push(activation);
    }
    const isTold = action !== undefined && kind === 'action.intent';
    if ((isTold || kind === 'task.span_told') && (toolCall !== undefined || trace !== undefined)) {
      const by = {
        ...(toolCall === undefined ? {} : { toolCall }),
        ...(trace === undefined ? {} : { trace }),
      };
      const told = await source.told?.(by, mostBeside);
      hasMore ||= told?.hasMore === true;
      records.push(...(told?.records ?? []).filter((other) => linkTold(record, other)?.to === record.id));
    }
    if (approval !== undefined && !approvals.has(approval)) {
      approvals.add(approval);
      const page = await findRecords(context, { approval, limit: mostBeside });
      hasMore ||= page.next !== null;
      records.push(...page.items.filter((other) => other.kind.startsWith('approval.')));
    }
    if (kind === 'approval.voted') records.push(...(await findPasskey(context, record)));
    return { records, hasMore };
  };
}

/** When the passkey of a vote was added, and by whom. */
async function findPasskey(
  context: Collecting,
  { person, body }: StoredRecord,
): Promise<readonly StoredRecord[]> {
  const credential = body?.credentialId;
  if (person === undefined || typeof credential !== 'string') return [];
  const { items } = await findRecords(context, { person, kind: 'person.passkey_added', limit: 100 });
  return items.filter((record) => record.body?.credentialId === credential);
}
