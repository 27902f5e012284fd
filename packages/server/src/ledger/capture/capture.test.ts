import { randomBytes } from 'node:crypto';
import type { LedgerRecord } from '@countersign/api';
import { describe, expect, it } from 'vitest';
import { captureSchema } from '../../config/capture.ts';
import { makeTestRecord, openTestStore } from '../../plugins/database/open-test-store.ts';
import { findRecord } from '../find-record.ts';
import { createCapture } from './capture-record.ts';
import { captureStore } from './capture-store.ts';

const card = '4111 1111 1111 1111';
const iban = 'DE89 3704 0044 0532 0130 00';
const platform = { randomBytes: (length: number) => Uint8Array.from(randomBytes(length)) };
const all = { cards: 'omit', ibans: 'omit', emails: 'omit', secrets: 'omit' } as const;

function write(settings: unknown, body: LedgerRecord['body'], kind: LedgerRecord['kind'] = 'action.intent') {
  const capture = createCapture(captureSchema.parse(settings), platform);
  const record = makeTestRecord(1, { kind, upstream: 'payments', tool: 'pay', body });
  return (capture?.(record) ?? record).body;
}

describe('ledger.capture', () => {
  it('costs nothing without a rule, and leaves other classes alone', () => {
    expect(createCapture(captureSchema.parse({}), platform)).toBeUndefined();
    expect(write(all, { why: card }, 'policy.activated')).toEqual({ why: card });
    const body = { arguments: { amount: 12, at: 1_790_000_000_000, id: '4111111111111112' } };
    expect(write(all, body)).toBe(body);
  });

  it.each([
    ['a card', card],
    ['a card without spaces in a sentence', 'pay with 4111111111111111, please'],
    ['a card as a number', 4111111111111111],
    ['a card in full-width digits', '４１１１１１１１１１１１１１１１'],
    ['a card with invisible characters', '4111\u200b1111\u200b1111\u200b1111'],
    ['a card in JSON in a string', JSON.stringify({ card: '4111111111111111' })],
    ['a card escaped in JSON in a string', '{"card":"\\u0034111111111111111"}'],
    ['a card in an array', [['x', card]]],
    ['a card as a name', { '4111111111111111': 1 }],
    ['a bank account', iban],
    ['a bank account before words', `to ${iban} please`],
    ['an e-mail address', 'write to ana.alves@example.com now'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----'],
    ['a private key in pieces', '"-----BEGIN PRIVATE KEY-----", "MIIabc"'],
    ['a member called __proto__', JSON.parse(`{"__proto__":"${card}"}`)],
  ])('leaves out %s, and says where', (_name, value) => {
    const text = JSON.stringify(write(all, { arguments: { value } }));
    const plain = text.normalize('NFKC').replace(/[^\p{L}\p{N}@.]/gu, '');
    for (const hidden of ['411111', '37040044', 'ana.alves', 'MIIabc']) expect(plain).not.toContain(hidden);
    expect(text).toContain('left out');
    expect(text).toContain('"omitted":["/arguments/value');
  });

  it('cuts at pointers through arrays, and takes whole what hides what they mean', () => {
    const rules = [{ upstream: 'payments', arguments: { '/cards/*/number': 'last4', '/pin': 'omit' } }];
    const cut = (given: unknown) => write({ rules }, { arguments: given as Record<string, unknown> });
    expect(cut({ cards: [{ number: '4111111111111111' }, { number: 7 }], pin: { a: 1 }, x: 1 })).toEqual({
      arguments: {
        cards: [{ number: '[left out, ends in 1111]' }, { number: '[left out]' }],
        pin: '[left out]',
        x: 1,
      },
      omitted: ['/arguments/cards/*/number', '/arguments/pin'],
    });
    expect(cut({ cards: '[{"number":"4111111111111111"}]' })).toMatchObject({
      arguments: { cards: '[left out]' },
    });
    expect(cut({ ｐｉｎ: '1234' })).toMatchObject({ arguments: { ｐｉｎ: '[left out]' } });
    expect(cut({ x: 1 })).toEqual({ arguments: { x: 1 } });
  });

  it('compares what is equal within one record, and gives nobody a digest to try values against', () => {
    const rules = [{ arguments: { '/from': 'digest', '/to': 'digest', '/via': 'digest' } }];
    const given = { arguments: { from: card, to: card, via: '5555 5555 5555 4444' } };
    const cut = () => write({ ...all, rules }, given).arguments as Record<string, string>;
    const [one, other] = [cut(), cut()];
    expect(one.from).toMatch(/^\[left out, digest [0-9a-f]{8}(?::[0-9a-f]{8}){3}\]$/);
    expect(one.to).toBe(one.from);
    expect(one.via).not.toBe(one.from);
    expect(other.from).not.toBe(one.from);
    expect(JSON.stringify(write({ rules }, { arguments: { from: { a: card } } }))).not.toContain('4111');
  });

  it('keeps a beginning of what is much longer, and looks through it as well', () => {
    const rules = [{ arguments: { '/note': { beginning: 24 } } }];
    const cut = (note: unknown) => write({ ...all, rules }, { arguments: { note } }).arguments;
    expect(cut('🙂'.repeat(60))).toEqual({ note: `${'🙂'.repeat(24)} [the rest left out]` });
    expect(cut('x'.repeat(47))).toEqual({ note: '[left out]' });
    expect(JSON.stringify(cut(`${card} and ${'x'.repeat(60)}`))).not.toContain('4111');
  });

  it.each([
    ['nothing is left out by', {}],
    ['no letter begins', { arguments: { '/a': { beginning: 0 } } }],
    ['nobody knows the way of', { arguments: { '/a': 'hash' } }],
  ])('refuses a rule that %s', (_name, rule) => {
    expect(captureSchema.safeParse({ rules: [rule] }).success).toBe(false);
  });

  it('finds a secret within a word', () => {
    const key = `sk-${'b'.repeat(24)}`;
    expect(write(all, { arguments: { url: `x?key=${key}&y` } })).toMatchObject({
      arguments: { url: 'x?key=[left out: a secret]&y' },
    });
  });

  it('leaves out results with their digest', () => {
    const rules = [{ tool: 'pay', results: 'omit' }];
    const body = { result: 'secret words', resultDigest: 'abc', status: 'completed' };
    expect(write({ rules }, body, 'action.outcome')).toEqual({
      omitted: ['/result'],
      result: '[left out]',
      status: 'completed',
    });
    expect(write({ rules: [{ tool: 'other', results: 'omit' }] }, body, 'action.outcome')).toBe(body);
  });

  const said = (pointers: object, body: object) =>
    write({ rules: [{ said: pointers }] }, body as LedgerRecord['body']) as Record<string, unknown>;

  it('cuts what was said: results, prompts, messages, documents', () => {
    const result = JSON.stringify({ structuredContent: { people: [{ ssn: '078-05-1120', age: 4 }] } });
    expect(
      said({ '/result/structuredContent/people/*/ssn': 'omit' }, { result, resultDigest: 'abc' }),
    ).toEqual({
      omitted: ['/result/structuredContent/people/*/ssn'],
      result: JSON.stringify({ structuredContent: { people: [{ ssn: '[left out]', age: 4 }] } }),
    });
    const body = { result, resultDigest: 'abc' };
    expect(said({ '/result/structuredContent/nothing': 'omit' }, body)).toBe(body);
    expect(said({ '/result/a': 'omit' }, { result: result.slice(0, 40) })).toMatchObject({
      result: '[left out]',
    });
    const prompt = { prompt: 'x'.repeat(60), promptDigest: 'abc' };
    expect(said({ '/prompt': { beginning: 3 } }, prompt)).toEqual({
      omitted: ['/prompt'],
      prompt: 'xxx [the rest left out]',
      promptDigest: expect.stringMatching(/^keyed:/),
    });
    const entry = { digest: 'bare', role: 'user', text: 'yes' };
    const documents = [{ id: 'doc', digest: 'bare', text: 'yes' }];
    const told = said(
      { '/messages/*/text': 'omit', '/documents/0': 'omit' },
      { documents, messages: [entry] },
    );
    expect(told).toEqual({
      documents: ['[left out]'],
      messages: [{ role: 'user', text: '[left out]', digest: expect.stringMatching(/^keyed:/) }],
      omitted: ['/messages/*/text', '/documents/0'],
    });
  });

  it('leaves no bare digest of what was cut, nor of what may have been in the record that it names', () => {
    const model = {
      ...{ earlierDigest: 'bare', inputDigest: 'bare', systemDigest: 'bare', toolsDigest: 'tools' },
      messages: [
        { digest: 'bare', role: 'user', text: 'yes' },
        { digest: 'bare', in: 'rec_1', role: 'user' },
      ],
      system: { text: 'Be kind' },
      text: 'fine',
      textDigest: 'bare',
    };
    const cut = said({ '/messages/*/text': 'digest', '/system': 'omit', '/answer': 'omit' }, { model });
    expect(JSON.stringify(cut)).not.toContain('bare');
    expect(cut).toMatchObject({ model: { toolsDigest: 'tools', system: '[left out]', text: '[left out]' } });
    const other = said({ '/documents': 'omit' }, { model }) as { model: { messages: object[] } };
    expect(other.model.messages).toMatchObject([
      { digest: 'bare' },
      { digest: expect.stringMatching(/^keyed:/) },
    ]);
    expect(other).not.toHaveProperty('omitted');
    expect(write({}, { model })).toEqual({ model });
  });

  it.each([
    ['into the prototype', { '/messages/__proto__/text': 'omit', '/documents/constructor/name': 'omit' }],
    ['deeper than anything', { '/documents/9/text': 'omit', '/result/a/b/c': 'last4' }],
  ])('leaves alone what a pointer %s does not reach', (_name, pointers) => {
    const deep = { documents: [{ id: 'doc' }], messages: [{ role: 'user', text: 7 }], result: '{"a":1}' };
    expect(said(pointers, deep)).toBe(deep);
    const own = JSON.parse('{"messages":{"__proto__":{"text":"x"}}}');
    const cut = said({ '/messages/__proto__/text': 'omit' }, own);
    expect(JSON.stringify(cut.messages)).toBe('{"__proto__":{"text":"[left out]"}}');
    expect(Object.hasOwn(Object.prototype, 'text')).toBe(false);
  });

  it.each([
    '/arguments/a',
    '/resultDigest',
    '/__proto__/a',
    '/messages/~2',
    `/messages${'/a'.repeat(20)}`,
    'result',
  ])('refuses the pointer %s', (pointer) => {
    expect(captureSchema.safeParse({ rules: [{ said: { [pointer]: 'omit' } }] }).success).toBe(false);
  });

  it('takes what is too deep to be read as a whole, in bounded time', () => {
    const started = performance.now();
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const pointer = `/result${'/*'.repeat(15)}`;
    expect(JSON.stringify(said({ [pointer]: 'omit' }, { result: deep })).length).toBeLessThan(1000);
    const wide = JSON.stringify(Array.from({ length: 100_000 }, () => 1));
    said({ '/result/*': 'digest' }, { result: wide });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('takes time in proportion to hostile text', () => {
    const started = performance.now();
    for (const part of ['4', 'a@', 'DE89 ', '\\u0034', '1 ', 'a.', '-----BEGIN PRIVATE KEY-----'])
      write(all, { arguments: { text: part.repeat(200_000 / part.length) } });
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('stands before the store, whichever way a record is written', async () => {
    const test = await openTestStore();
    try {
      const store = captureStore(test.store, createCapture(captureSchema.parse(all), platform));
      const prompt = (number: number) =>
        makeTestRecord(number, { kind: 'task.prompt_given', body: { prompt: card } });
      await store.append([prompt(0)]);
      await store.transaction(async (tx) => tx.record(prompt(1)));
      for (const number of [0, 1])
        expect((await findRecord(test.store, prompt(number).id))?.body).toMatchObject({
          omitted: ['/prompt'],
        });
    } finally {
      await test.remove();
    }
  });
});
