import type { CausalSource, FoundRecords, ToldBeside } from '@countersign/core';
import type { Context } from '../../context.ts';
import { findRecord } from '../find-record.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { findIndexedRecords } from '../search-ledger.ts';

type Found = FoundRecords<StoredRecord>;
type WholeSearch = Parameters<typeof findIndexedRecords>[1];
type Search = Partial<WholeSearch>;
type Find = (search: WholeSearch) => ReturnType<typeof findIndexedRecords>;

const versionsPerRead = 50;
const versionReads = 20;
/** Looked through for whether others tell of the same. */
const toldByOthers = 16;
/** What comes back in a task, or is told of its person. */
const readKinds = ['action.outcome', 'action.reported', 'task.prompt_given', 'task.prompt_told'] as const;

/**
 * The ledger as something to walk through, once: what is written while it is walked may be missed. Each step reads through
 * an index, so that it costs the same however long the ledger is.
 */
export function createCausalSource(context: Pick<Context, 'store'>): CausalSource<StoredRecord> {
  const versions = new Map<string, Promise<StoredRecord | undefined>>();
  // It waits for whoever is writing.
  let indexed: Promise<void> | undefined;
  const findPage: Find = async (search) => {
    indexed ??= context.store.index();
    await indexed;
    return findIndexedRecords(context, search);
  };
  const find = async (search: Search, most: number): Promise<Found> => {
    const { items, next } = await findPage({ ...search, limit: most });
    return { records: items, hasMore: next !== null };
  };
  return {
    get: (id) => findRecord(context.store, id),
    async followers({ id }, most) {
      // The record itself is found by its id, too.
      const { records, hasMore } = await find({ id }, most + 1);
      const others = records.filter((record) => record.id !== id);
      return { records: others.slice(0, most), hasMore: hasMore || others.length > most };
    },
    told: (by, most) => findTold(find, by, most),
    policy(version, then) {
      const known = versions.get(version) ?? findActivation(findPage, version, then.seq);
      versions.set(version, known);
      return known;
    },
    async context({ task, seq }, direction, most) {
      if (task === undefined) return { records: [], hasMore: false };
      if (direction === 'back')
        return joinFound(await Promise.all(readKinds.map((kind) => find({ task, kind, before: seq }, most))));
      return findLater(find, { task, seq }, most);
    },
  };
}

/** Each thing that names exactly has a part of the room for itself: who floods one of them hides nothing of the others. */
async function findTold(
  find: (search: Search, most: number) => Promise<Found>,
  { agent, caller, span, toolCall, trace }: ToldBeside,
  most: number,
): Promise<Found> {
  const kind = 'task.span_told';
  const exact: Search[] = [];
  if (trace !== undefined && caller !== undefined) exact.push({ span: `${trace}/${caller}` });
  if (toolCall !== undefined) exact.push({ toolCall });
  if (trace !== undefined && span !== undefined) exact.push({ parentSpan: `${trace}/${span}` });
  const wide: Search[] = [];
  if (toolCall !== undefined) wide.push({ toolCall });
  if (trace !== undefined) wide.push({ trace });
  const own = { kind, ...(agent === undefined ? {} : { agent }) } as const;
  const [named, rest, all] = await Promise.all([
    Promise.all(exact.map((search) => find({ ...search, ...own }, Math.ceil(most / 4)))),
    Promise.all(wide.map((search) => find({ ...search, ...own }, most))),
    Promise.all(wide.map((search) => find({ ...search, kind }, toldByOthers))),
  ]);
  const { records } = joinFound([...named, ...rest]);
  const others = joinFound(all).records.filter((record) => record.agent !== agent);
  return {
    records: [...records.slice(0, most), ...others.slice(0, 1)],
    // The wide ones find all that the exact ones do.
    hasMore: rest.some(({ hasMore }) => hasMore) || records.length > most,
  };
}

/** What was asked for in the task after the record, and the tasks that were opened for it. */
async function findLater(
  find: (search: Search, most: number) => Promise<Found>,
  { task, seq }: { readonly task: string; readonly seq: number },
  most: number,
): Promise<Found> {
  const [calls, opened] = await Promise.all([
    find({ task, kind: 'action.intent', after: seq }, most),
    find({ task, kind: 'task.opened' }, 1),
  ]);
  const [opening] = opened.records;
  if (opening === undefined) return calls;
  const children = await find({ id: opening.id, kind: 'task.opened' }, most);
  const later = children.records.filter((child) => child.id !== opening.id && child.seq > seq);
  return joinFound([calls, { ...children, records: later }]);
}

/** The newest record before the decision with which this version went live. */
async function findActivation(
  find: Find,
  version: string,
  before: number,
): Promise<StoredRecord | undefined> {
  let cursor: string | undefined;
  for (let reads = 0; reads < versionReads; reads += 1) {
    const page = await find({
      ...{ kind: 'policy.activated', before, limit: versionsPerRead },
      ...(cursor !== undefined && { cursor }),
    });
    const found = page.items.find(({ policyVersion }) => policyVersion === version);
    if (found !== undefined || page.next === null) return found;
    cursor = page.next;
  }
  return undefined;
}

function joinFound(found: readonly Found[]): Found {
  const records = new Map(found.flatMap((one) => one.records.map((record) => [record.id, record])));
  return { records: [...records.values()], hasMore: found.some(({ hasMore }) => hasMore) };
}
