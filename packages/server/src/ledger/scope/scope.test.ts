import { createPasskey } from '@countersign/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../../config/index.ts';
import type { Context } from '../../context.ts';
import { createTestGiver } from '../../people/audit-access/create-test-giver.ts';
import { endAuditAccess } from '../../people/audit-access/end-audit-access.ts';
import { type Actor, expireAuditAccess, findAuditAccess } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { explainRecord, traceImpact } from '../causality/index.ts';
import { getRecord } from '../get-record.ts';
import { listReaders } from '../reads/list-readers.ts';
import { exportFound } from '../search/export-found.ts';
import { searchLedger } from '../search-ledger.ts';
import { tailLedger } from '../tail-ledger.ts';

const person = 'per_00000000000000000000000001';
const inside = { upstream: 'payments', tool: 'pay' };
const outside = { upstream: 'people', tool: 'read' };
const admin = {
  ...{ kind: 'person', person: 'per_00000000000000000000000002', roles: ['admin'], session: 'ses_a' },
  ...{ verifiedAt: 0, isFresh: true },
} satisfies Actor;
const minute = 60_000;

let test: TestStore;
let giveAccess: Awaited<ReturnType<typeof createTestGiver>>;
let now = 1_790_000_000_000;
let context: Pick<Context, 'config' | 'store' | 'platform'>;

beforeAll(async () => {
  test = await openTestStore();
  const config = completeConfig(configSchema.parse({}));
  context = { config, store: test.store, platform: createPlatform(() => now) };
  const body = { arguments: { note: 'a word of content' } };
  const cause = (number: number) => [makeTestRecord(number).id];
  await test.store.append([
    makeTestRecord(0, { kind: 'action.intent', ...inside, body }),
    makeTestRecord(1, { kind: 'action.outcome', ...outside, causes: cause(0), body }),
    makeTestRecord(2, { kind: 'action.intent', ...inside, causes: cause(1), body }),
    makeTestRecord(3, { kind: 'person.signed_in', ...outside, body }),
  ]);
  for (const [id, roles] of [
    [person, []],
    [admin.person, ['admin']],
  ] as const)
    await test.store.sql
      .insertInto('people')
      .values({
        ...{ id, display_name: id, email: null, state: 'active', created_at: now },
        roles: JSON.stringify(roles),
      })
      .execute();
  giveAccess = await createTestGiver(context, admin, createPasskey);
}, 30_000);
afterAll(() => test.remove());
beforeEach(() => test.store.sql.updateTable('audit_accesses').set({ ended_at: now }).execute());

async function give(content: boolean, scope = { upstreams: ['payments'] }): Promise<Actor> {
  const input = { personId: person, scope, content, until: now + 10 * minute, reason: 'audit' };
  return show(await giveAccess(input));
}

function show(audit: NonNullable<Awaited<ReturnType<typeof findAuditAccess>>>): Actor {
  return { kind: 'person', person, roles: [], session: 'ses_b', verifiedAt: 0, isFresh: true, audit };
}

const id = (number: number) => makeTestRecord(number).id;
const forbidden = { code: 'person.forbidden' };
const notFound = { code: 'ledger.record_not_found' };

describe('reading.scoped: an access of an auditor', () => {
  it('shows what is in its scope, whatever way it is asked for', async () => {
    const auditor = await give(true);
    const { items } = await searchLedger(context, auditor, { limit: 500 });
    expect(items.map((record) => record.id)).toEqual([id(2), id(0)]);
    for (const search of [{ id: id(0) }, { id: id(1) }, { q: 'content' }, { q: 'tool:read' }, { q: id(1) }]) {
      const found = await searchLedger(context, auditor, { ...search, limit: 500 });
      expect(found.items.filter(({ upstream }) => upstream !== 'payments')).toEqual([]);
    }
    expect((await getRecord(context, auditor, { id: id(0) })).opening).not.toBeNull();
    await expect(getRecord(context, auditor, { id: id(1) })).rejects.toMatchObject(notFound);
    await expect(explainRecord(context, auditor, { id: id(1) })).rejects.toMatchObject(notFound);
    const found = await searchLedger(context, auditor, { after: 0, cursor: 3, limit: 1 });
    expect(found.items.map((record) => record.id)).toEqual([id(2)]);
  });

  it('ends walks where the scope ends, and says so', async () => {
    const auditor = await give(true);
    const back = await explainRecord(context, auditor, { id: id(2) });
    expect(back.nodes.map(({ record }) => record.id)).toEqual([id(2)]);
    expect(back.gaps.map(({ code }) => code)).toContain('out_of_scope');
    const on = await traceImpact(context, auditor, { id: id(0) });
    expect(on.nodes.map(({ record }) => record.id)).not.toContain(id(1));
    expect(on.gaps.map(({ code }) => code)).toContain('not_all_read');
  });

  it('shows nothing of what was said without content, nor lets it be guessed by searching', async () => {
    const auditor = await give(false);
    const { items } = await searchLedger(context, auditor, {});
    expect(items).toHaveLength(2);
    const graph = await explainRecord(context, auditor, { id: id(2) });
    const proven = await getRecord(context, auditor, { id: id(0) });
    expect(proven.opening).toBeNull();
    expect(JSON.stringify([items, graph, proven])).not.toContain('a word of content');
    expect(proven.record).toMatchObject({ withheld: true, upstream: 'payments' });
    await expect(searchLedger(context, auditor, { q: 'word' })).rejects.toMatchObject(forbidden);
    const options = { signal: AbortSignal.abort(), idleMs: 1 };
    await expect(tailLedger(context, auditor, { q: 'word' }, options)).rejects.toMatchObject(forbidden);
  });

  it('opens nothing else', async () => {
    const auditor = await give(true);
    await expect(listReaders(context, auditor, {})).rejects.toMatchObject(forbidden);
    await expect(endAuditAccess(context, auditor, 'aud_00000000000000000000000001')).rejects.toMatchObject(
      forbidden,
    );
  });

  it('ends at its time in the middle of a tail and of a copy, and stays ended when the clock goes back', async () => {
    const auditor = await give(true);
    const options = { signal: AbortSignal.timeout(5_000), idleMs: 10 };
    const tail = await tailLedger(context, auditor, {}, options);
    await test.store.append([makeTestRecord(4, outside), makeTestRecord(5, inside)]);
    const first = await tail.next();
    expect(first.value?.map(({ record }) => record.id)).toEqual([id(5)]);
    now += 10 * minute;
    await test.store.append([makeTestRecord(6, inside)]);
    expect((await tail.next()).done).toBe(true);
    await expect(searchLedger(context, auditor, {})).rejects.toMatchObject(forbidden);
    await expireAuditAccess(context);
    now -= 9 * minute;
    expect(await findAuditAccess(context, person)).toBeUndefined();
    await expect(getRecord(context, auditor, { id: id(0) })).rejects.toMatchObject(forbidden);
    now += 9 * minute;
  });

  it('ends when an administrator says so, and an older session gets nothing by a newer access', async () => {
    const auditor = await give(true);
    const access = auditor.kind === 'person' ? (auditor.audit?.id ?? '') : '';
    await endAuditAccess(context, admin, access);
    await expect(searchLedger(context, auditor, {})).rejects.toMatchObject(forbidden);
    await expect(endAuditAccess(context, admin, access)).rejects.toMatchObject({
      code: 'person.audit_access_not_found',
    });
    await give(true);
    await expect(searchLedger(context, auditor, {})).rejects.toMatchObject(forbidden);
  });

  it('counts for nothing beside a role', async () => {
    const auditor = await give(true);
    const mixed = { ...auditor, roles: ['approver'] } as Actor;
    await expect(searchLedger(context, mixed, {})).rejects.toMatchObject(forbidden);
  });
});

describe('reading.watermarked: a copy of an auditor', () => {
  it.each(['csv', 'ndjson'] as const)(
    'bears in every row of %s who took it, and is found by that',
    async (format) => {
      const auditor = await give(true);
      const lines: string[] = [];
      const search = { kind: 'action.intent' as const };
      for await (const line of await exportFound(context, auditor, { search, format })) lines.push(line);
      const rows = format === 'csv' ? lines.slice(1) : lines;
      expect(rows.length).toBeGreaterThan(1);
      const watermark = /wm_[0-9A-Z]{26}/.exec(rows[0] ?? '')?.[0] ?? '';
      for (const row of rows) expect(row).toContain(watermark);
      expect(rows[0]).toContain(person);
      const { items } = await listReaders(context, admin, { watermark });
      expect(items).toMatchObject([{ by: person, how: 'export', selection: { format } }]);
      await expect(listReaders(context, admin, { watermark: 'wm_none' })).rejects.toMatchObject(notFound);
    },
  );

  it('is cut when the access ends while it is written', async () => {
    const auditor = await give(true);
    await test.store.append(
      Array.from({ length: 600 }, (_, number) => makeTestRecord(1_000 + number, inside)),
    );
    const lines = await exportFound(context, auditor, { search: {}, format: 'ndjson' });
    await lines.next();
    now += 10 * minute;
    const rest = async () => {
      for await (const _line of lines);
    };
    await expect(rest()).rejects.toMatchObject(forbidden);
  });
});
