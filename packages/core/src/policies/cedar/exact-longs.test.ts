import { describe, expect, it } from 'vitest';
import { CedarCompileError } from './errors.ts';
import { protectLongs } from './exact-longs.ts';
import type { CedarExpressionJson, CedarPolicyJson } from './policy-json.ts';

const LARGE = '9007199254740993';
const MOST = String(Number.MAX_SAFE_INTEGER);

/** A policy's JSON form in which `body` stands, in so far as it matters here. */
const json = (body: unknown): CedarPolicyJson => ({
  effect: 'permit',
  principal: { op: 'All' },
  action: { op: 'All' },
  resource: { op: 'All' },
  conditions: [{ kind: 'when', body: body as CedarExpressionJson }],
});

describe('large numbers', () => {
  it('leaves a text alone that has none outside of texts, names and comments', () => {
    const text = `@a("${LARGE}\\"${LARGE}") permit // ${LARGE}\n when { a${LARGE}.b == "${LARGE}" && 1 == ${MOST} }`;
    const exact = protectLongs(text);
    expect(exact.text).toBe(text);
    const same = json({ Value: 1 });
    expect(exact.restore(same)).toBe(same);
  });

  it('puts them back exactly, with their sign, and nothing else', () => {
    const { text, restore } = protectLongs(`${LARGE} == -9223372036854775808 && ${LARGE} == ${MOST}`);
    const numbers = text.match(/[0-9]+/g)?.map(Number) ?? [];
    const [first = 0, second = 0] = numbers;
    expect(numbers).toEqual([first, second, first, Number(MOST)]);
    expect(new Set(numbers).size).toBe(3);
    expect(numbers.every(Number.isSafeInteger)).toBe(true);
    const found = restore(
      json({ Set: [{ Value: first }, { Value: -second }, { Value: 3 }, { Value: Number(MOST) }] }),
    );
    expect(found).toEqual(
      json({
        Set: [{ Value: BigInt(LARGE) }, { Value: -(2n ** 63n) }, { Value: 3 }, { Value: Number(MOST) }],
      }),
    );
  });

  it('keeps hostile names, and refuses what nests too deep', () => {
    const { restore } = protectLongs(LARGE);
    const hostile = JSON.parse('{"__proto__": {"Value": 1}}');
    expect(Object.keys(restore(hostile))).toEqual(['__proto__']);
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(() => restore(json(deep))).toThrow(CedarCompileError);
  });

  it('reads a hostile text in linear time', () => {
    const begun = performance.now();
    protectLongs(`${'"'.repeat(99_999)}${'\\"'.repeat(100_000)}`);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
