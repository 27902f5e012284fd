import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRecords } from '../../ledger/index.ts';
import { createMasterKey } from '../../platform/master-key.ts';
import { createPlatform } from '../../platform/platform.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { type TakenPiece, ToldWriter } from './record-told.ts';

const prompt =
  'Please pay invoice 4711 of the supplier in Bremen before the end of this month, and tell nobody.';
const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: prompt }] }]);
const piece: TakenPiece['piece'] = {
  ...{ signal: 'span', trace: 'a'.repeat(32), span: null, parentSpan: null, start: 1, end: 2 },
  ...{ name: 'chat', scope: '', status: 'ok', body: prompt, events: [], resource: new Map() },
  attributes: new Map([['gen_ai.input.messages', messages]]),
};
const tell = (span: string, of: Partial<TakenPiece['piece']> = {}): TakenPiece => ({
  piece: { ...piece, span, ...of },
  operation: 'chat',
  assigned: { agent: 'agt_a', task: null },
});

describe('what is told', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await openTestStore();
  });
  afterAll(() => test.remove());

  const open = (key: number) =>
    new ToldWriter({
      ...{ store: test.store, platform: createPlatform(Date.now) },
      masterKey: createMasterKey(new Uint8Array(32).fill(key)),
    });
  const listKeys = async () => {
    const rows = await test.store.sql.selectFrom('told_pieces').select('key').execute();
    return new Set(rows.map(({ key }) => key));
  };

  it('names no text that may have been erased since', async () => {
    const writer = open(1);
    const write = async (digit: string) => {
      await writer.write('pep_a', [tell(digit.repeat(16))], (text) => text);
      const { items } = await findRecords(test, { kind: 'task.span_told', limit: 1 });
      const { messages: told = [] } = (items[0]?.body ?? {}) as {
        messages?: { text?: string; in?: string }[];
      };
      return told[0];
    };
    expect((await write('1'))?.text).toBe(prompt);
    expect((await write('2'))?.in).toMatch(/^rec_/);
    await test.store.transaction(async (tx) => {
      const row = { number: 1, kind: 'erasure', state: 'done', work: '{}', record: 'rec_x', at: 1 } as const;
      await tx.sql.insertInto('ledger_erasures').values(row).execute();
    });
    expect((await write('3'))?.text).toBe(prompt);
    expect((await write('4'))?.in).toMatch(/^rec_/);
  });

  it('is known by nothing that confirms a guess at it', async () => {
    const log = tell('5'.repeat(16), { signal: 'log', span: null });
    const before = await listKeys();
    await open(1).write('pep_a', [log], (text) => text);
    const once = await listKeys();
    await open(1).write('pep_a', [log], (text) => text);
    expect(await listKeys()).toEqual(once);
    await open(2).write('pep_a', [log], (text) => text);
    expect([once.size - before.size, (await listKeys()).size - once.size]).toEqual([1, 1]);
  });
});
