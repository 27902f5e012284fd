import { verifyBundle, verifyExport } from '@countersign/ledger';
import { createPasskey } from '@countersign/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../../config/index.ts';
import type { Context } from '../../context.ts';
import { createTestGiver } from '../../people/audit-access/create-test-giver.ts';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import type { PaperSources } from '../bundles/gather-papers.ts';
import { makeBundle } from '../bundles/make-bundle.ts';
import { exportLedger } from '../export-ledger.ts';
import { listReaders } from '../reads/list-readers.ts';

const person = 'per_00000000000000000000000001';
const operator: Actor = { kind: 'operator' };
const admin = {
  ...{ kind: 'person', person: 'per_00000000000000000000000002', roles: ['admin'], session: 'ses_a' },
  ...{ verifiedAt: 0, isFresh: true },
} satisfies Actor;
const minute = 60_000;
const task = 'tsk_00000000000000000000000001';
const id = (number: number) => makeTestRecord(number).id;
const papers: PaperSources = {
  findPolicy: async () => [{ name: 'all.cedar', text: 'permit (principal, action, resource);' }],
  findReceipts: async () => [],
  findTools: async () => [],
};

let test: TestStore;
let giveAccess: Awaited<ReturnType<typeof createTestGiver>>;
let now = 1_790_000_000_000;
let context: Pick<Context, 'config' | 'platform' | 'receipts' | 'store'>;

beforeAll(async () => {
  test = await openTestStore();
  const receipts = { published: [] } as unknown as Context['receipts'];
  const config = completeConfig(configSchema.parse({}));
  context = { config, receipts, store: test.store, platform: createPlatform(() => now) };
  const body = (word: string) => ({ arguments: { note: word } });
  const inside = { upstream: 'payments', task };
  await test.store.append([
    makeTestRecord(0, { kind: 'action.intent', upstream: 'people', task, body: body('hidden-first') }),
    makeTestRecord(1, {
      kind: 'action.outcome',
      upstream: 'people',
      causes: [id(0)],
      body: body('hidden-second'),
    }),
    makeTestRecord(2, { kind: 'action.intent', ...inside, causes: [id(1)], body: body('plain-word') }),
    makeTestRecord(3, { kind: 'action.decision', ...inside, causes: [id(2)], policyVersion: 'v1' }),
    makeTestRecord(4, {
      kind: 'policy.activated',
      upstream: 'house',
      policyVersion: 'v1',
      body: body('hidden-policy'),
    }),
    makeTestRecord(5, {
      kind: 'person.signed_in',
      upstream: 'house',
      person: admin.person,
      body: body('hidden-person'),
    }),
  ]);
  for (const [name, roles] of [
    [person, []],
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

async function give(content: boolean): Promise<Actor> {
  const scope = { upstreams: ['payments'] };
  const input = { personId: person, scope, content, until: now + 10 * minute, reason: 'audit' };
  const audit = await giveAccess(input);
  return { kind: 'person', person, roles: [], session: 'ses_b', verifiedAt: 0, isFresh: true, audit };
}

async function readAll(lines: Promise<AsyncGenerator<string, void, void>>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of await lines) all.push(line);
  return all;
}

async function* replay(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

const forbidden = { code: 'person.forbidden' };
const vkey = () => ({ vkey: test.store.ledger.vkey });

describe('reading.copies: what an auditor from elsewhere takes away', () => {
  it('is a whole export whose payloads out of scope are withheld, and which verifies', async () => {
    const lines = await readAll(exportLedger(context, await give(true), {}));
    const text = lines.join('\n');
    expect(text).toContain('plain-word');
    expect(text).not.toContain('hidden');
    const report = await verifyExport(replay(lines), vkey());
    expect(report).toMatchObject({ valid: true, erased: 0, watermark: { person } });
    // The records of the giving and taking have no upstream: they are out of scope, too.
    expect(report.withheld).toEqual({ out_of_scope: report.records - 2 });
    const mark = report.watermark?.id ?? '';
    for (const line of lines.slice(0, -1)) expect(line).toContain(mark);
    const { items } = await listReaders(context, admin, { watermark: mark });
    expect(items).toMatchObject([{ by: person, how: 'export' }]);
  });

  it('holds nothing of what was said without content', async () => {
    const auditor = await give(false);
    const lines = await readAll(exportLedger(context, auditor, {}));
    expect(lines.join('\n')).not.toContain('plain-word');
    expect((await verifyExport(replay(lines), vkey())).withheld).toMatchObject({ not_permitted: 2 });
    const bundle = await readAll(makeBundle(context, papers, auditor, { task }));
    expect(bundle.join('\n')).not.toContain('plain-word');
    const report = await verifyBundle(bundle, vkey());
    expect(report).toMatchObject({ valid: true, withheld: { not_permitted: 2, out_of_scope: 1 } });
  });

  it('is a bundle cut to the scope: beyond it a cause stands withheld, and nothing further', async () => {
    const auditor = await give(true);
    const lines = await readAll(makeBundle(context, papers, auditor, { task }));
    const report = await verifyBundle(lines, vkey());
    expect(report).toMatchObject({
      ...{ valid: true, records: 4, withheld: { out_of_scope: 1 }, missing: 1 },
      ...{ policies: 0, policiesOutOfScope: 1 },
    });
    expect(lines.join('\n')).not.toMatch(/hidden|cedar|person\.signed_in/);
    const mark = report.madeFor?.access?.watermark ?? '';
    expect(lines[0]).toContain(mark);
    const found = await listReaders(context, admin, { watermark: mark });
    expect(found.items).toMatchObject([{ by: person, how: 'bundle' }]);
    // Whole for who may read all of it.
    const whole = await verifyBundle(await readAll(makeBundle(context, papers, operator, { task })));
    expect(whole).toMatchObject({ policiesOutOfScope: 0, withheld: {} });
  });

  it('is no bundle of what is out of scope, whatever way it is asked for', async () => {
    const auditor = await give(true);
    for (const asked of [
      { id: id(0) },
      { kind: 'person.signed_in' as const },
      { q: 'hidden' },
      { q: id(1) },
    ]) {
      const made = readAll(makeBundle(context, papers, auditor, asked)).catch((error: unknown) => error);
      const text = JSON.stringify(await made);
      expect(text).not.toMatch(/hidden-|signed_in/);
    }
  });

  it('does not pass for a bundle of somebody else', async () => {
    const lines = await readAll(makeBundle(context, papers, await give(true), { task }));
    const header = JSON.parse(lines[0] ?? '') as { madeFor: { access?: unknown } };
    delete header.madeFor.access;
    const report = await verifyBundle([JSON.stringify(header), ...lines.slice(1)], vkey());
    expect(report.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['bundle.changed', 'policy.missing']),
    );
  });

  it('is cut without an end when the access runs out while it is written', async () => {
    const auditor = await give(true);
    await test.store.append(
      Array.from({ length: 600 }, (_, number) => makeTestRecord(1_000 + number, { upstream: 'payments' })),
    );
    const lines = await exportLedger(context, auditor, {});
    const got = [(await lines.next()).value ?? '', (await lines.next()).value ?? ''];
    now += 10 * minute;
    const rest = async () => {
      for await (const line of lines) got.push(line);
    };
    await expect(rest()).rejects.toMatchObject(forbidden);
    const report = await verifyExport(replay(got), vkey());
    expect(report.findings.map(({ code }) => code)).toContain('checkpoint.missing');
    await expect(exportLedger(context, auditor, {})).rejects.toMatchObject(forbidden);
  });
});
