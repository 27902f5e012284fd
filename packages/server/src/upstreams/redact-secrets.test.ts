import { ECHO_FORMS, startEchoingUpstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { connectHttp } from './connect-http.ts';
import { redactSecrets, redactText } from './redact-secrets.ts';

const secret = 'sk_live_"Zürich"/+é?=9f\\x';
const values = [secret];
const hidden = '[redacted by countersign]';

const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const spellings: Record<string, string> = {
  plain: secret,
  reversed: [...secret].reverse().join(''),
  base64: Buffer.from(secret).toString('base64'),
  base64url: Buffer.from(secret).toString('base64url'),
  hex: Buffer.from(secret).toString('hex'),
  'upper-case hex': Buffer.from(secret).toString('hex').toUpperCase(),
  'for a URL': encodeURIComponent(secret),
  'fully percent-encoded': percent(secret),
  'fully percent-encoded, upper case': percent(secret).toUpperCase(),
  'inside JSON': JSON.stringify({ a: secret }).slice(6, -2),
  'as JSON escapes': [...secret]
    .map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join(''),
  'as HTML entities': [...secret].map((one) => `&#${one.codePointAt(0)};`).join(''),
  'as hexadecimal HTML entities': [...secret]
    .map((one) => `&#x${one.codePointAt(0)?.toString(16)};`)
    .join(''),
};

describe('redactSecrets', () => {
  for (const [name, spelling] of Object.entries(spellings)) {
    it(`finds a secret ${name}`, () => {
      expect(redactSecrets({ text: `a ${spelling} b` }, values)).toEqual({
        value: { text: `a ${hidden} b` },
        redacted: 1,
      });
    });
  }

  it('finds a secret in base64 at any alignment', () => {
    for (const before of ['', 'u', 'us', 'use', 'user:']) {
      const { redacted, value } = redactSecrets(
        Buffer.from(`${before}${secret} and more`).toString('base64'),
        values,
      );
      expect(redacted).toBe(1);
      expect(Buffer.from(String(value), 'base64').toString()).not.toContain('live');
    }
  });

  it('looks into keys, arrays and nested objects, and counts', () => {
    const value = { [secret]: [{ deep: [`${secret}${secret}`, 1, null, true] }] };
    expect(redactSecrets(value, values)).toEqual({
      value: { [hidden]: [{ deep: [`${hidden}${hidden}`, 1, null, true] }] },
      redacted: 3,
    });
  });

  it('returns the very same value when nothing is found', () => {
    const value = { content: [{ type: 'text', text: 'all is well' }] };
    expect(redactSecrets(value, values).value).toBe(value);
    expect(redactSecrets(value, []).value).toBe(value);
  });

  it('finds each of several secrets', () => {
    expect(redactText('first-secret and second-secret', ['first-secret', 'second-secret'])).toBe(
      `${hidden} and ${hidden}`,
    );
  });

  it('finds a long secret', () => {
    const long = Array.from({ length: 16_000 }, (_, i) => String.fromCharCode(65 + ((i * i) % 50))).join('');
    expect(redactText(`a ${long} % b`, [long])).toBe(`a ${hidden} % b`);
    expect(redactText(Buffer.from(long).toString('base64'), [long]).length).toBeLessThan(100);
  });

  it.each(ECHO_FORMS)('takes out what an upstream echoes: %s', async (form) => {
    const upstream = await startEchoingUpstream({ form });
    const settings = { url: upstream.url, allowPrivate: true };
    const nothing = () => {};
    const connection = connectHttp({
      settings,
      now: Date.now,
      parametersOf: () => [],
      onToolsChanged: nothing,
    });
    const key = 'pk_live_0123456789';
    const { response } = await connection.send({
      message: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: {} } },
      headers: { authorization: `Bearer ${key}` },
      environment: {},
      secretKey: '',
      principal: 'agt_1',
      signal: new AbortController().signal,
      timeoutMilliseconds: 5_000,
      maxBytes: 100_000,
      onMessage: nothing,
    });
    await connection.close();
    await upstream.close();
    expect(upstream.journal.entries[0]?.headers.authorization).toBe(`Bearer ${key}`);
    const { value, redacted } = redactSecrets(response, [key]);
    expect(redacted).toBeGreaterThan(0);
    expect(JSON.stringify(value)).not.toMatch(/pk_live|9876543210_evil|cGtfbGl2|706b5f6c/);
  });

  it('stays linear on text made to look like the start of a secret', () => {
    const started = performance.now();
    redactText('aaaaaaaa%61%61&#97;'.repeat(50_000), ['aaaaaaaaaaaaaaaaaaaaaaab']);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
