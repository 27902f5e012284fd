import { describe, expect, it } from 'vitest';
import { createTellingRedactor, redactForms } from './redact-told.ts';

const mark = '[redacted by countersign]';
const context = (get: () => Promise<{ value: string; version: string; changedAt: null }>) => ({
  log: { warn: () => undefined },
  platform: { now: () => 0 },
  secrets: { list: async () => [{ name: 'a', kind: 'static' }], get },
});

describe('what is told', () => {
  it.each([
    `cst_pep_${'0A'.repeat(13)}_${'x'.repeat(43)}`,
    `sk-${'a1B2'.repeat(6)}`,
    `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`,
    `-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----`,
  ])('loses the credential %s', (credential) => {
    expect(redactForms(`before "${credential}" after`)).toBe(`before "${mark}" after`);
    expect(redactForms(`?key=${credential}&x`)).toBe(`?key=${mark}&x`);
  });

  it('keeps prose, ids and addresses, and costs no more than it is long', () => {
    const text =
      'agt_01J8ZC3V3V3V3V3V3V3V3V3V3V wrote to https://shop.example/a-rather-long-path/of-a-page.html';
    expect(redactForms(text)).toBe(text);
    for (const piece of ['eyJ', 'sk-', '-----BEGIN PRIVATE KEY-----', 'eyJaaaaaaaa.']) {
      const started = performance.now();
      redactForms(piece.repeat(300_000));
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });

  it('is not kept at all while nobody knows which credentials to look for', async () => {
    const value = 'a-credential-of-the-house';
    const good = createTellingRedactor(
      context(async () => ({ value, version: '1', changedAt: null })) as never,
    );
    expect((await good())(`it is ${value}.`)).toBe(`it is ${mark}.`);
    const failing = { ...context(async () => ({ value, version: '1', changedAt: null })) };
    failing.secrets.list = () => Promise.reject(new Error('unreachable'));
    await expect(createTellingRedactor(failing as never)()).rejects.toThrow('unreachable');
    failing.secrets.list = async () =>
      Array.from({ length: 257 }, (_, at) => ({ name: `s${at}`, kind: 'static' }));
    await expect(createTellingRedactor(failing as never)()).rejects.toMatchObject({
      code: 'secret.unavailable',
    });
  });
});
