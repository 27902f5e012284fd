import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillSentence, listSentencePointers, parseSentence } from './sentence.ts';

const say = (template: string, values: Readonly<Record<string, string>>): string | undefined => {
  const sentence = parseSentence(template);
  if (sentence === undefined) return undefined;
  return fillSentence(sentence, (of) => values[of])
    .map(({ text, strong }) => (strong ? `<${text}>` : text))
    .join('');
};

describe('a sentence', () => {
  it('goes on after `wants to`, with values that can be told from words', () => {
    expect(
      say('Refund {/amount} to {/to} in {upstream}', { '/amount': '5', '/to': 'x', upstream: 'shop' }),
    ).toBe('refund <5> to <x> in <shop>');
    expect(say('SMS to {/to}', { '/to': 'x' })).toBe('SMS to <x>');
  });

  it('leaves out what is optional and not given, and says what is missing otherwise', () => {
    const template = 'Mail {/to}[, copy to {/cc}], about {/subject}';
    expect(say(template, { '/to': 'a', '/cc': 'b', '/subject': 'c' })).toBe(
      'mail <a>, copy to <b>, about <c>',
    );
    expect(say(template, { '/to': 'a' })).toBe('mail <a>, about (not given)');
  });

  it('names each pointer once', () => {
    const sentence = parseSentence('Move {/from} to {/a~1b/*} and {/from} in {upstream}') ?? [];
    expect(listSentencePointers(sentence)).toEqual(['/from', '/a~1b/*']);
  });

  it.each([
    ['', 'nothing'],
    ['{/to}', 'no words first'],
    ['Pay {/to', 'an open brace'],
    ['Pay /to}', 'a closing brace'],
    ['Pay {to}', 'no pointer'],
    ['Pay {/}', 'an empty member'],
    ['Pay {/a~2}', 'a bad pointer'],
    ['Pay {__proto__}', 'another name'],
    ['Pay {{/to}}', 'braces in braces'],
    ['Pay [{/to}', 'an open bracket'],
    ['Pay {/to}]', 'a closing bracket'],
    ['Pay [to [{/to}]]', 'brackets in brackets'],
    ['Pay [him]', 'nothing that could be missing'],
    ['Pay <b>{/to}</b>', 'markup'],
    ['Pay “bo” {/to}', 'quotes that look like a value'],
    ['Pay "bo" {/to}', 'quotes'],
    ['Pay \u202e{/to}', 'a bidirectional control'],
    ['Pay\u200b {/to}', 'a character of no width'],
    ['P\u0430y {/to}', 'letters of two scripts'],
    ['Pay\n{/to}', 'a second line'],
    [`Pay ${'{/to} '.repeat(9)}`, 'too many values'],
    [`Pay ${'x'.repeat(240)}`, 'too much'],
  ])('is none: %s (%s)', (template) => {
    expect(parseSentence(template)).toBeUndefined();
  });

  it('says no more of a value than is found for it, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const parts = fillSentence(parseSentence('Pay {/to} now') ?? [], () => value);
        expect(parts).toEqual([
          { text: 'pay ', strong: false },
          { text: value, strong: true },
          { text: ' now', strong: false },
        ]);
      }),
    );
  });
});
