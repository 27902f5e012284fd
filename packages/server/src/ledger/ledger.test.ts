import { type LedgerRecord, permissions } from '@countersign/api';
import {
  commitPayload,
  computeRoot,
  decodeBase64,
  decodeBase64url,
  hashLeaf,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyConsistency,
  verifyExport,
  verifyInclusion,
  verifyNote,
} from '@countersign/ledger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../config/index.ts';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { createPlatform } from '../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { exportLedger } from './export-ledger.ts';
import { getCheckpoint } from './get-checkpoint.ts';
import { getConsistency } from './get-consistency.ts';
import { getRecord } from './get-record.ts';
import type { StoredRecord } from './ledger-record.ts';
import { readLedgerTree } from './read-ledger-tree.ts';
import { searchLedger } from './search-ledger.ts';
import { tailLedger } from './tail-ledger.ts';

const auditor: Actor = {
  kind: 'person',
  person: 'per_a',
  roles: ['auditor'],
  session: 'ses_a',
  verifiedAt: 0,
  isFresh: true,
};
const owner: Actor = { ...auditor, roles: ['owner', 'approver'] };
const agent: Actor = { kind: 'agent', agent: 'agt_a', key: 'k' };
const total = 700;

let test: TestStore;
let context: Pick<Context, 'config' | 'store' | 'platform'>;
const config = completeConfig(configSchema.parse({}));

/** Two agents and tools, ten tasks; each action is an intent and the decision it caused, a second apart. */
function makeRecord(number: number): LedgerRecord {
  const decision = number % 2 === 1;
  const call = Math.floor(number / 2);
  return makeTestRecord(number, {
    kind: decision ? 'action.decision' : 'action.intent',
    at: 1_790_000_000_000 + number * 1000,
    causes: decision ? [`rec_${String(number - 1).padStart(26, '0')}`] : [],
    action: `act_${String(call).padStart(26, '0')}`,
    agent: call % 3 === 0 ? 'agt_rare' : 'agt_usual',
    task: `tsk_${call % 10}`,
    chain: ['dlg_root', 'dlg_leaf'],
    tool: call % 2 === 0 ? 'pay' : 'refund',
  });
}

beforeAll(async () => {
  test = await openTestStore();
  await test.store.append(Array.from({ length: total }, (_, number) => makeRecord(number)));
  context = { config, store: test.store, platform: createPlatform() };
}, 30_000);
afterAll(() => test.remove());

type Search = Parameters<typeof searchLedger>[2];

async function searchAll(input: Search): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await searchLedger(context, auditor, {
      ...input,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

const all = Array.from({ length: total }, (_, number) => makeRecord(number));
const seqsWhere = (matches: (record: LedgerRecord, seq: number) => boolean) =>
  all.flatMap((record, seq) => (matches(record, seq) ? [seq] : [])).reverse();

describe('search', () => {
  it.each<[string, Search, (record: LedgerRecord, seq: number) => boolean]>([
    ['everything', {}, () => true],
    ['an agent', { agent: 'agt_rare' }, ({ agent }) => agent === 'agt_rare'],
    ['any id', { id: 'tsk_4' }, ({ task }) => task === 'tsk_4'],
    ['an action', { action: makeRecord(9).action ?? '' }, ({ action }) => action === makeRecord(9).action],
    ['a delegation anywhere in the chain', { delegation: 'dlg_root', limit: 500 }, () => true],
    ['a kind', { kind: 'action.decision' }, ({ kind }) => kind === 'action.decision'],
    ['a tool of an upstream', { tool: 'payments/refund' }, ({ tool }) => tool === 'refund'],
    ['an upstream', { upstream: 'payments', limit: 400 }, () => true],
    ['a record and what it caused', { id: makeRecord(20).id }, (_, seq) => seq === 20 || seq === 21],
    [
      'a record and what it caused, of one kind',
      { id: makeRecord(20).id, kind: 'action.intent' },
      (_, seq) => seq === 20,
    ],
    [
      'a record and what it caused, one by one',
      { id: makeRecord(20).id, limit: 1 },
      (_, seq) => seq === 20 || seq === 21,
    ],
    [
      'several things at once',
      { agent: 'agt_rare', task: 'tsk_0', kind: 'action.intent', limit: 3 },
      ({ agent, task, kind }) => agent === 'agt_rare' && task === 'tsk_0' && kind === 'action.intent',
    ],
    ['a time', { from: 1_790_000_100_000, to: 1_790_000_110_000 }, (_, seq) => seq >= 100 && seq < 110],
    [
      'a time and an agent',
      { from: 1_790_000_600_000, agent: 'agt_rare', limit: 7 },
      ({ agent }, seq) => seq >= 600 && agent === 'agt_rare',
    ],
    ['what is not there', { agent: 'agt_none' }, () => false],
    ['a time before it all', { to: 1 }, () => false],
  ])('finds %s, newest first, page by page', async (_name, input, matches) => {
    const found = await searchAll(input);
    expect(found.map(({ seq }) => seq)).toEqual(seqsWhere(matches));
  });

  it('shows whole records', async () => {
    const { items } = await searchLedger(context, auditor, { kind: 'action.decision', limit: 1 });
    expect(items).toEqual([{ ...makeRecord(total - 1), seq: total - 1, erased: false }]);
  });

  it.each<[string, unknown]>([
    ['a limit over 500', { limit: 501 }],
    ['an unknown kind', { kind: 'nothing.happened' }],
    ['an unknown field', { body: 'x' }],
    ['an id with a wildcard', { id: 'agt_%' }],
    ['a cursor that is no number', { cursor: 'x' }],
  ])('refuses %s', async (_name, input) => {
    await expect(searchLedger(context, auditor, input as Search)).rejects.toThrow();
  });
});

describe('one record', () => {
  it.each([0, 255, 256, 699])('is proven against the signed checkpoint: %i', async (number) => {
    const proven = await getRecord(context, auditor, { id: makeRecord(number).id });
    const key = parseVerifierKey(test.store.ledger.vkey);
    const note = parseNote(proven.proof.checkpoint);
    if (key === undefined || note === undefined) throw new Error('malformed');
    expect(verifyNote(note, key)).toBe('verified');
    const checkpoint = parseCheckpoint(note.text);
    if (checkpoint === undefined) throw new Error('malformed');
    const path = proven.proof.path.map((hash) => decodeBase64(hash) ?? new Uint8Array());
    expect(verifyInclusion(hashLeaf(proven.entry), number, checkpoint.size, path, checkpoint.root)).toBe(
      true,
    );
    expect(verifyInclusion(hashLeaf(proven.entry), number + 1, checkpoint.size, path, checkpoint.root)).toBe(
      false,
    );
    expect(proven.record).toMatchObject({ seq: number, body: { number } });
    expect(decodeBase64url(proven.opening?.salt ?? '')).toHaveLength(16);
  });

  it('is not found under another id', async () => {
    const get = getRecord(context, auditor, { id: 'rec_none' });
    await expect(get).rejects.toMatchObject({ code: 'ledger.record_not_found' });
  });
});

describe('checkpoint', () => {
  it('covers every record and names its key', async () => {
    const { size, note, vkey, origin } = await getCheckpoint(context, auditor);
    expect(size).toBeGreaterThanOrEqual(total);
    expect(note.startsWith(`${origin}\n${size}\n`)).toBe(true);
    expect(vkey.startsWith(`${origin}+`)).toBe(true);
  });
});

describe('consistency', () => {
  it('is proven between any two sizes, whether they were signed or not', async () => {
    const { size: newest } = await getCheckpoint(context, auditor);
    const note = (await getCheckpoint(context, auditor, { witnessed: 'true' })).note;
    const proven = await getConsistency(context, auditor, { old: 77, new: 513 });
    expect([proven.older, proven.newer]).toEqual([
      { size: 77, note: null },
      { size: 513, note: null },
    ]);
    const [older, newer] = await Promise.all(
      [77, 513].map((size) => computeRoot(size, readLedgerTree(test.store.sql))),
    );
    const path = proven.path.map((hash) => decodeBase64(hash) ?? new Uint8Array());
    expect(verifyConsistency(77, older ?? new Uint8Array(), 513, newer ?? new Uint8Array(), path)).toBe(true);
    const whole = await getConsistency(context, auditor, { old: newest });
    expect(whole).toEqual({ older: { size: newest, note }, newer: { size: newest, note }, path: [] });
  });

  it('reaches no further than what is signed', async () => {
    for (const range of [{ old: 5, new: 4 }, { old: 5, new: 1_000_000 }, { old: 1_000_000 }]) {
      const asked = getConsistency(context, auditor, range);
      await expect(asked).rejects.toMatchObject({ code: 'server.request_invalid' });
    }
  });
});

describe('export', () => {
  it.each<[string, { from?: number; to?: number }]>([
    ['everything', {}],
    ['the start', { to: 300 }],
    ['the middle', { from: 77, to: 513 }],
    ['the rest', { from: 500 }],
    ['nothing', { from: 10, to: 10 }],
  ])('of %s verifies offline, also against an earlier checkpoint', async (_name, range) => {
    const earlier = await getCheckpoint(context, auditor);
    const lines = await exportLedger(context, auditor, range);
    const known = range.to === undefined ? { checkpoint: earlier.note } : {};
    const report = await verifyExport(lines, { vkey: test.store.ledger.vkey, ...known });
    expect(report.findings).toEqual([]);
    expect(report.records).toBe((range.to ?? report.to) - (range.from ?? 0));
    expect(report.size).toBeGreaterThan(earlier.size);
  });

  it('is itself recorded', async () => {
    await exportLedger(context, auditor);
    const { items } = await searchLedger(context, auditor, { kind: 'ledger.exported', limit: 1 });
    expect(items[0]).toMatchObject({ person: 'per_a', body: { by: 'per_a', from: 0, to: null } });
  });

  it('refuses a range that is not there', async () => {
    for (const range of [{ from: 5, to: 4 }, { to: 1_000_000 }]) {
      await expect(exportLedger(context, auditor, range)).rejects.toMatchObject({
        code: 'server.request_invalid',
      });
    }
  });

  it('still verifies when a payload was erased', async () => {
    const erasing = await openTestStore();
    await erasing.store.append([0, 1, 2].map((number) => makeTestRecord(number)));
    await erasing.store.destroyKeys([{ retentionClass: 'content', from: 1, to: 2 }], 1);
    const part = { config, store: erasing.store, platform: context.platform };
    const report = await verifyExport(await exportLedger(part, auditor), { vkey: erasing.store.ledger.vkey });
    expect(report).toMatchObject({ valid: true, erased: 1, records: 4 });
    const { record, opening } = await getRecord(part, auditor, { id: makeTestRecord(1).id });
    expect([record.erased, record.body, opening]).toEqual([true, undefined, null]);
    await erasing.remove();
  });

  it('tells a payload that somebody removed or changed from one that was erased', async () => {
    const changed = await openTestStore();
    await changed.store.append([0, 1, 2].map((number) => makeTestRecord(number)));
    const { sql } = changed.store;
    const other = await sql.selectFrom('ledger_payloads').select('sealed').where('seq', '=', 0).execute();
    await sql.deleteFrom('ledger_payloads').where('seq', 'in', [1, 2]).execute();
    await sql
      .insertInto('ledger_payloads')
      .values(other.map(({ sealed }) => ({ seq: 2, sealed })))
      .execute();
    const part = { config, store: changed.store, platform: context.platform };
    const report = await verifyExport(await exportLedger(part, auditor), { vkey: changed.store.ledger.vkey });
    expect(report).toMatchObject({ valid: false, erased: 0 });
    expect(report.findings.map(({ code }) => code)).toEqual(['record.changed', 'record.changed']);
    const { record, entry, opening } = await getRecord(part, auditor, { id: makeTestRecord(1).id });
    expect([record.erased, record.damaged]).toEqual([false, true]);
    const { commitment } = JSON.parse(entry);
    expect(
      commitPayload(decodeBase64url(opening?.salt ?? '') ?? Buffer.alloc(0), opening?.payload ?? ''),
    ).not.toBe(commitment);
    await changed.remove();
  });

  it('takes nothing beside the tree for a sign of erasure', async () => {
    const changed = await openTestStore();
    await changed.store.append([makeTestRecord(0, { kind: 'action.decision' })]);
    await changed.store.destroyKeys([{ retentionClass: 'content', from: 0, to: 100 }], 1);
    const { sql } = changed.store;
    const payload = await sql
      .selectFrom('ledger_payloads')
      .selectAll()
      .where('seq', '=', 0)
      .executeTakeFirstOrThrow();
    const sealed = Uint8Array.from(payload.sealed).with(1, 0);
    await sql.deleteFrom('ledger_payloads').where('seq', '=', 0).execute();
    await sql.insertInto('ledger_payloads').values({ seq: 0, sealed }).execute();
    const entry = await sql
      .selectFrom('ledger_entries')
      .selectAll()
      .where('seq', '=', 0)
      .executeTakeFirstOrThrow();
    await sql.deleteFrom('ledger_entries').where('seq', '=', 0).execute();
    await sql
      .insertInto('ledger_entries')
      .values({ ...entry, kind: 'action.intent' })
      .execute();
    const part = { config, store: changed.store, platform: context.platform };
    const { record, opening } = await getRecord(part, auditor, { id: makeTestRecord(0).id });
    expect([record.kind, record.erased, record.damaged]).toEqual(['action.decision', false, true]);
    expect(opening).not.toBeNull();
    const report = await verifyExport(await exportLedger(part, auditor), { vkey: changed.store.ledger.vkey });
    expect(report.findings.map(({ code }) => code)).toEqual(['record.changed']);
    await changed.remove();
  });
});

describe('tail', () => {
  it('starts after the cursor, goes on live, and ends with its reader', async () => {
    const gone = new AbortController();
    const tail = await tailLedger(
      context,
      auditor,
      { after: total - 3 },
      { signal: gone.signal, idleMs: 5_000 },
    );
    const seen: StoredRecord[] = [];
    const reading = (async () => {
      for await (const records of tail) {
        seen.push(...records.map(({ record }) => record));
        if (seen.some(({ id }) => id === makeTestRecord(9001).id)) gone.abort();
      }
    })();
    await test.store.append([makeTestRecord(9000)]);
    await test.store.append([makeTestRecord(9001)]);
    await reading;
    expect(seen[0]?.seq).toBe(total - 2);
    expect(seen.every(({ seq }, index) => seq === total - 2 + index)).toBe(true);
  });

  it('search.tail: tells of nothing but what its search finds', async () => {
    const gone = new AbortController();
    const input = { after: 0, q: `agent:agt_rare action.decision -${makeRecord(1).action}` };
    const tail = await tailLedger(context, auditor, input, { signal: gone.signal, idleMs: 5_000 });
    const first = (await tail.next()).value ?? [];
    gone.abort();
    expect(first.length).toBeGreaterThan(0);
    for (const { record } of first)
      expect(record).toMatchObject({ agent: 'agt_rare', kind: 'action.decision' });
    const wrong = tailLedger(context, auditor, { q: 'x OR' }, { signal: gone.signal, idleMs: 1 });
    await expect(wrong).rejects.toMatchObject({ code: 'ledger.query_invalid' });
  });

  it('starts with the next record without a cursor, and says when nothing happens', async () => {
    const gone = new AbortController();
    const tail = await tailLedger(context, auditor, {}, { signal: gone.signal, idleMs: 20 });
    expect(await tail.next()).toEqual({ done: false, value: [] });
    const next = tail.next();
    gone.abort();
    expect((await next).done).toBe(true);
  });
});

describe('permission', () => {
  const read = { signal: AbortSignal.abort(), idleMs: 1 };
  it.each<[string, (actor: Actor) => Promise<unknown>]>([
    ['search', (actor) => searchLedger(context, actor, {})],
    ['tail', (actor) => tailLedger(context, actor, {}, read)],
    ['checkpoint', (actor) => getCheckpoint(context, actor)],
    ['consistency', (actor) => getConsistency(context, actor, { old: 0 })],
    ['export', (actor) => exportLedger(context, actor)],
    ['get', (actor) => getRecord(context, actor, { id: makeRecord(0).id })],
  ])('is needed to %s', async (_name, verb) => {
    for (const actor of [owner, agent]) {
      await expect(verb(actor)).rejects.toMatchObject({ code: 'person.forbidden' });
    }
    await verb({ kind: 'operator' });
    expect(permissions['ledger.read']).toContain('auditor');
  });
});
