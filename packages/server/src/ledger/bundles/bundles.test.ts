import { verifyBundle } from '@countersign/ledger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import type { PaperSources } from './gather-papers.ts';
import { makeBundle } from './make-bundle.ts';

const operator: Actor = { kind: 'operator' };
const approver: Actor = {
  ...{ kind: 'person', person: 'per_a', roles: ['owner', 'approver'], session: 'ses_a' },
  ...{ verifiedAt: 0, isFresh: true },
};
const none: PaperSources = {
  findPolicy: async () => undefined,
  findReceipts: async () => [],
  findTools: async () => [],
};
const name = (prefix: string, number: number) => `${prefix}_${String(number).padStart(26, '0')}`;
const chain = 300;
let test: TestStore;
let context: Pick<Context, 'config' | 'platform' | 'receipts' | 'store'>;

beforeAll(async () => {
  test = await openTestStore();
  // Each record follows from the one before; every third task is another one.
  const records = Array.from({ length: chain }, (_, number) =>
    makeTestRecord(number, {
      ...{ kind: 'action.intent', action: name('act', number), task: name('tsk', number % 3) },
      causes: number === 0 ? [] : [name('rec', number - 1)],
      body: { arguments: { number } },
    }),
  );
  await test.store.append(records);
  const config = { ledger: { witnesses: [] } } as unknown as Context['config'];
  const receipts = { published: [] } as unknown as Context['receipts'];
  context = { store: test.store, platform: createPlatform(), config, receipts };
}, 30_000);
afterAll(() => test.remove());

type Input = Parameters<typeof makeBundle>[3];

async function read(input: Input, actor: Actor = operator): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of await makeBundle(context, none, actor, input)) lines.push(line);
  return lines;
}

const verify = async (input: Input) => verifyBundle(await read(input), { vkey: context.store.ledger.vkey });

describe('making a bundle', () => {
  it('takes what was asked for and all it followed from, across tasks', async () => {
    const report = await verify({ action: name('act', 99) });
    expect(report).toMatchObject({ valid: true, records: 101, missing: 0, truncated: false });
    expect(await verify({ q: name('act', 9) })).toMatchObject({ valid: true, records: 11 });
    expect(report.madeFor).toEqual({ id: 'operator', name: 'operator' });
  });

  it('stops at its bounds, says so, and names what is missing', async () => {
    const report = await verify({ action: name('act', 99), limit: 10 });
    expect(report).toMatchObject({ valid: true, records: 11, missing: 1, truncated: true });
    expect(await verify({ kind: 'action.intent', limit: 50 })).toMatchObject({
      valid: true,
      truncated: true,
    });
  });

  it('leaves classes out that are not wanted', async () => {
    const report = await verify({ action: name('act', 5), without: 'content' });
    expect(report).toMatchObject({ valid: true, withheld: { left_out: 6 } });
    expect((await read({ action: name('act', 5), without: 'content' })).join()).not.toContain('arguments');
  });

  it('records who has it before the first line', async () => {
    const before = await context.store.checkpoint();
    await makeBundle(context, none, operator, { action: name('act', 1) });
    const after = await context.store.checkpoint();
    // That they were searched for, and that they were bundled.
    expect(after.size).toBe(before.size + 2);
  });

  it('needs the permission, a selection, and something that matches', async () => {
    await expect(read({ action: name('act', 1) }, approver)).rejects.toMatchObject({
      code: 'person.forbidden',
    });
    await expect(read({ q: 'kind:' })).rejects.toMatchObject({ code: 'ledger.query_invalid' });
    await expect(read({})).rejects.toMatchObject({ code: 'server.request_invalid' });
    await expect(read({ limit: 5 })).rejects.toMatchObject({ code: 'server.request_invalid' });
    await expect(read({ action: name('act', 999) })).rejects.toMatchObject({
      code: 'ledger.record_not_found',
    });
    await expect(read({ action: name('act', 1), without: 'all' })).rejects.toThrow();
    await expect(read({ action: name('act', 1), limit: 1e6 })).rejects.toThrow();
  });

  it('gives out what was damaged as damaged', async () => {
    await context.store.sql
      .updateTable('ledger_payloads')
      .set({ sealed: new Uint8Array(64) } as never)
      .where('seq', '=', 3)
      .execute();
    const report = await verify({ action: name('act', 4) });
    expect(report.findings.map(({ code }) => code)).toEqual(['record.damaged']);
  });
});
