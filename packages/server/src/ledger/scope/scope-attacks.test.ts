import { createPasskey } from '@countersign/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../../config/index.ts';
import type { Context } from '../../context.ts';
import { createTestGiver } from '../../people/audit-access/create-test-giver.ts';
import { type Actor, expireAuditAccess } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { explainRecord, traceImpact } from '../causality/index.ts';
import { exportLedger } from '../export-ledger.ts';
import { getRecord } from '../get-record.ts';
import { getQuery } from '../queries/get-query.ts';
import { listQueries } from '../queries/list-queries.ts';
import { saveQuery } from '../queries/save-query.ts';
import { exportFound } from '../search/export-found.ts';
import { searchLedger } from '../search-ledger.ts';
import { tailLedger } from '../tail-ledger.ts';

const people = ['per_00000000000000000000000001', 'per_00000000000000000000000003'] as const;
const admin = {
  ...{ kind: 'person', person: 'per_00000000000000000000000002', roles: ['admin'], session: 'ses_a' },
  ...{ verifiedAt: 0, isFresh: true },
} satisfies Actor;
const minute = 60_000;
const id = (number: number) => makeTestRecord(number).id;
const forbidden = { code: 'person.forbidden' };
const notFound = { code: 'ledger.record_not_found' };

let test: TestStore;
let now = 1_790_000_000_000;
let context: Pick<Context, 'config' | 'platform' | 'store'>;
let giveAccess: Awaited<ReturnType<typeof createTestGiver>>;

beforeAll(async () => {
  test = await openTestStore();
  const config = completeConfig(configSchema.parse({}));
  context = { config, store: test.store, platform: createPlatform(() => now) };
  const body = { arguments: { note: 'secret-word' } };
  await test.store.append([
    makeTestRecord(0, { kind: 'action.intent', upstream: 'people', body }),
    makeTestRecord(1, { kind: 'action.intent', upstream: 'payments', causes: [id(0)] }),
    makeTestRecord(2, { kind: 'action.outcome', upstream: 'people', causes: [id(1)], body }),
  ]);
  for (const [name, roles] of [
    [people[0], []],
    [people[1], []],
    [admin.person, ['admin']],
  ] as const)
    await test.store.sql
      .insertInto('people')
      .values({
        ...{ id: name, display_name: name, email: null, state: 'active', created_at: now },
        roles: JSON.stringify(roles),
      })
      .execute();
  giveAccess = await createTestGiver(context, admin, createPasskey);
}, 30_000);
afterAll(() => test.remove());
beforeEach(() => test.store.sql.updateTable('audit_accesses').set({ ended_at: now }).execute());

async function give(upstream: string, person: string = people[0]): Promise<Actor> {
  const scope = { upstreams: [upstream] };
  const wish = { personId: person, scope, content: true, until: now + 10 * minute, reason: 'audit' };
  const audit = await giveAccess(wish);
  return { kind: 'person', person, roles: [], session: 'ses_b', verifiedAt: 0, isFresh: true, audit };
}

describe('reading.not-widened: the scope of an auditor from elsewhere', () => {
  it.each([
    'upstream:payments OR upstream:people',
    'upstream:people',
    'secret-word',
    '-upstream:payments',
    '(upstream:payments OR secret-word) OR kind:action.outcome',
  ])('is not widened by the search %s', async (q) => {
    const auditor = await give('payments');
    const { items } = await searchLedger(context, auditor, { q }).catch((error: { code?: string }) => {
      expect(error.code).toBe('ledger.query_invalid');
      return { items: [] };
    });
    expect(items.filter(({ upstream }) => upstream !== 'payments')).toEqual([]);
    const format = 'ndjson';
    const lines: string[] = [];
    try {
      for await (const line of await exportFound(context, auditor, { search: { q }, format }))
        lines.push(line);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ledger.query_invalid' });
    }
    expect(lines.join('\n')).not.toContain('secret-word"');
  });

  it('is not widened by members that no search has', async () => {
    const auditor = await give('payments');
    for (const extra of [{ scope: {} }, { access: null }, { upstreams: ['people'] }])
      await expect(searchLedger(context, auditor, { ...extra } as never)).rejects.toThrow();
    for (const q of ['scope:all', 'access:none'])
      await expect(searchLedger(context, auditor, { q })).rejects.toMatchObject({
        code: 'ledger.query_invalid',
      });
  });

  it('has no saved searches, neither of others nor to leave behind', async () => {
    const auditor = await give('payments');
    await saveQuery(context, admin, { name: 'mine', query: 'secret-word', shared: true });
    await expect(getQuery(context, auditor, { name: 'mine' })).rejects.toMatchObject(forbidden);
    await expect(listQueries(context, auditor)).rejects.toMatchObject(forbidden);
    await expect(saveQuery(context, auditor, { name: 'x', query: 'y' })).rejects.toMatchObject(forbidden);
  });

  it('is not left by ids that its records name, nor by their proofs', async () => {
    const auditor = await give('payments');
    for (const other of [0, 2]) {
      await expect(getRecord(context, auditor, { id: id(other) })).rejects.toMatchObject(notFound);
      await expect(explainRecord(context, auditor, { id: id(other) })).rejects.toMatchObject(notFound);
      await expect(traceImpact(context, auditor, { id: id(other) })).rejects.toMatchObject(notFound);
    }
    const graphs = [
      await explainRecord(context, auditor, { id: id(1) }),
      await traceImpact(context, auditor, { id: id(1) }),
    ];
    expect(JSON.stringify(graphs)).not.toContain('secret-word');
    for (const { nodes } of graphs) expect(nodes.map(({ record }) => record.id)).toEqual([id(1)]);
  });

  it('is each window’s own, for two people at once and for one after the other', async () => {
    const [one, other] = [await give('payments'), await give('people', people[1])];
    const seen = async (actor: Actor) =>
      (await searchLedger(context, actor, { limit: 100 })).items.map(({ upstream }) => upstream);
    const [mine, theirs] = await Promise.all([seen(one), seen(other)]);
    expect(new Set(mine)).toEqual(new Set(['payments']));
    expect(new Set(theirs)).toEqual(new Set(['people']));
    // An access that was copied onto another session is that of whom it names, and no more.
    const borrowed = { ...other, person: people[0] } as Actor;
    await expect(searchLedger(context, borrowed, {})).rejects.toMatchObject(forbidden);
    now += 11 * minute;
    await expireAuditAccess(context);
    const later = await give('people');
    await expect(searchLedger(context, one, {})).rejects.toMatchObject(forbidden);
    expect(new Set(await seen(later))).toEqual(new Set(['people']));
  });

  it('ends with its time for a tail and an export that go on', async () => {
    const auditor = await give('payments');
    const more = Array.from({ length: 600 }, (_, number) =>
      makeTestRecord(1_000 + number, { upstream: 'payments' }),
    );
    await test.store.append(more);
    const options = { signal: AbortSignal.timeout(5_000), idleMs: 10 };
    const tail = await tailLedger(context, auditor, { after: 0 }, options);
    const lines = await exportLedger(context, auditor, {});
    await Promise.all([tail.next(), lines.next(), lines.next()]);
    now += 10 * minute;
    expect((await tail.next()).done).toBe(true);
    const rest = async () => {
      for await (const _line of lines);
    };
    await expect(rest()).rejects.toMatchObject(forbidden);
  });
});
