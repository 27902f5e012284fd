import type { LedgerRecord } from '@countersign/api';
import { matchesGroup } from '@countersign/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { searchLedger } from '../search-ledger.ts';
import { readQuery, resolveQuery } from './resolve-query.ts';

/** Whose searches add no records that the next one would find. */
const auditor: Actor = { kind: 'system', part: 'test' };
const calls = 800;
const begin = 1_790_000_000_000;

let test: TestStore;
let context: Pick<Context, 'store' | 'platform'>;

/** Three records a call: what was asked, what was decided, what came of it. Every 50th call asks a person first. */
function makeCall(number: number): LedgerRecord[] {
  const id = (kind: string) => `rec_${kind}${String(number).padStart(25, '0')}`;
  const facts = {
    action: `act_${String(number).padStart(26, '0')}`,
    agent: `agt_${number % 40 === 0 ? 'rare' : number % 3}`,
    task: `tsk_${number % 7}`,
    upstream: number % 2 === 0 ? 'payments' : 'files',
    tool: number % 4 === 0 ? 'pay' : 'read',
    chain: [`dlg_${number % 5}`],
  };
  const at = begin + number * 60_000;
  const iban = `DE${String(number % 90).padStart(2, '0')} 3704 0044 0532 0130 00`;
  const body = {
    arguments: { payee: { iban }, amount: number % 11, note: `Invoice INV-${number % 100} please` },
    callDigest: Buffer.alloc(32, number % 250).toString('base64url'),
    effects: number % 4 === 0 ? ['write', 'spend'] : ['read'],
  };
  const effect = number % 13 === 0 ? 'deny' : 'allow';
  const records: LedgerRecord[] = [
    makeTestRecord(0, { ...facts, id: id('A'), at, kind: 'action.intent', body }),
    makeTestRecord(0, {
      ...facts,
      ...{ id: id('B'), at: at + 1, kind: 'action.decision', causes: [id('A')] },
      policyVersion: number < 400 ? 'polA' : 'polB',
      body: { effect },
    }),
    makeTestRecord(0, {
      ...facts,
      ...{ id: id('C'), at: at + 2, kind: 'action.outcome', causes: [id('A'), id('B')] },
      body: { status: number % 17 === 0 ? 'tool_error' : 'completed' },
    }),
  ];
  if (number % 50 === 0)
    records.push(
      makeTestRecord(0, {
        ...facts,
        ...{
          id: id('D'),
          at: at + 3,
          kind: 'approval.requested',
          approval: `apr_${number}`,
          person: 'per_anna',
        },
        body: {},
      }),
    );
  return records;
}

const all = Array.from({ length: calls }, (_, number) => makeCall(number)).flat();

beforeAll(async () => {
  test = await openTestStore();
  for (let from = 0; from < all.length; from += 300) {
    await test.store.append(all.slice(from, from + 300));
    if (from % 900 === 0) await test.store.index();
  }
  const { sql } = test.store;
  await sql
    .insertInto('people')
    .values({
      id: 'per_anna',
      display_name: 'Anna Berg',
      email: 'Anna@example.com',
      roles: '[]',
      state: 'active',
      created_at: 1,
    })
    .execute();
  await sql
    .insertInto('agents')
    .values({
      id: 'agt_rare',
      name: 'bookkeeper',
      owner_id: 'per_anna',
      purpose: 'x',
      environment: 'test',
      state: 'active',
      created_at: 1,
      changed_at: 1,
    })
    .execute();
  context = { store: test.store, platform: { ...createPlatform(), now: () => begin + calls * 60_000 } };
}, 60_000);
afterAll(() => test.remove());

async function searchAll(q: string, limit: number): Promise<number[]> {
  const seqs: number[] = [];
  let cursor: number | undefined;
  for (let pages = 0; pages < 400; pages += 1) {
    const page = await searchLedger(context, auditor, {
      q,
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    seqs.push(...page.items.map(({ seq }) => seq));
    if (page.next === null) return seqs;
    cursor = Number(page.next);
  }
  throw new Error('does not end');
}

/** What the pure rule says of every record, one by one. */
async function sift(q: string): Promise<number[]> {
  const groups = await resolveQuery(test.store.sql, readQuery(q), context.platform.now());
  const matching = all.map((record, seq) => ({ ...record, seq, erased: false }));
  return matching
    .filter((record) => groups.some((group) => matchesGroup(record, group)))
    .map(({ seq }) => seq)
    .reverse();
}

describe('search.exact: a query finds exactly what the rule says, newest first, page by page', () => {
  it.each<[string, number | undefined]>([
    ['', all.length],
    ['agt_rare', undefined],
    ['agent:bookkeeper', undefined],
    ['bookkeeper kind:action.decision', 20],
    ['person:anna@EXAMPLE.com', 16],
    ['"Anna Berg"', 16],
    ['tsk_3 payments', undefined],
    ['kind:approval.*', 16],
    ['action.* -kind:action.outcome', 1600],
    ['-action.*', 16],
    ['decision:deny', 62],
    ['decision:deny agent:bookkeeper', 2],
    ['outcome:tool_error files/read', undefined],
    ['effect:spend', 200],
    ['policy:polA', 400],
    ['policy:polA policy:polB', 0],
    ['DE07370400440532013000', 9],
    ['"de07 3704 0044 0532 0130 00"', 9],
    ['inv-42', 8],
    ['arg:7', undefined],
    ['arg:/amount=7', undefined],
    ['arg:/payee/amount=7', 0],
    ['arg:/payee/iban="DE07 3704 0044 0532 0130 00" effect:spend', undefined],
    ['-arg:/amount=7 action.intent effect:spend', undefined],
    [Buffer.alloc(32, 249).toString('base64url'), undefined],
    [`hash:${Buffer.alloc(32, 9).toString('hex')}`, 4],
    ['from:1h', undefined],
    ['from:1h agent:bookkeeper', undefined],
    [`from:${new Date(begin + 6_000_000).toISOString()} to:${new Date(begin + 6_600_000).toISOString()}`, 31],
    ['agt_rare OR decision:deny OR apr_100', undefined],
    ['tsk_1 -agt_1 OR tsk_2 arg:3', undefined],
    ['upstream:nowhere', 0],
    ['nobody', 0],
    ['rec_A0000000000000000000000004', undefined],
  ])('%j', async (q, count) => {
    const expected = await sift(q);
    if (count !== undefined) expect(expected).toHaveLength(count);
    for (const limit of [500, 37]) expect(await searchAll(q, limit)).toEqual(expected);
  });

  it('after any mixture of terms', async () => {
    const words = [
      'agt_rare',
      'agt_1',
      'tsk_2',
      '-tsk_3',
      'payments',
      '-files',
      'decision:allow',
      'effect:read',
      'arg:5',
      '-arg:/amount=2',
      'from:6h',
      'to:2h',
      'action.intent',
      '-action.decision',
      'dlg_4',
      'OR',
      'OR',
    ];
    let state = 7;
    const draw = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    for (let round = 0; round < 40; round += 1) {
      const q = Array.from({ length: 1 + draw(4) }, () => words[draw(words.length)]).join(' ');
      if (/^OR|OR$|OR OR/.test(q)) continue;
      expect([q, await searchAll(q, 200)]).toEqual([q, await sift(q)]);
    }
  });
});

describe('search.bounded: a query that cannot be run', () => {
  it.each([
    ['colour:red', 'at character 1'],
    ['agent:a kind:nothing.happened', 'no nothing.happened'],
    ['x '.repeat(30), 'no more than 24 terms'],
    ['x'.repeat(5000), 'no more than 2000 characters'],
  ])('%j is refused, and says where', async (q, detail) => {
    const error = await searchLedger(context, auditor, { q }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ledger.query_invalid', detail: expect.stringContaining(detail) });
  });
});
