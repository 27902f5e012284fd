import { describe, expect, it } from 'vitest';
import { createBodyRedactor } from './redact-body.ts';

const secrets = ['sk-live-0123456789'];
const secret = Buffer.from(secrets[0] ?? '');

function run(type: string, chunks: readonly Buffer[]): Buffer {
  const redactor = createBodyRedactor(secrets, type);
  return Buffer.concat([...chunks.map((chunk) => redactor.push(chunk)), redactor.end()]);
}

describe('createBodyRedactor', () => {
  it('finds a credential wherever the pieces are cut', () => {
    const body = Buffer.concat([Buffer.alloc(20_000, 0xfe), secret, Buffer.alloc(20_000, 0x41)]);
    for (let cut = 19_990; cut < 20_025; cut++) {
      const seen = run('application/octet-stream', [body.subarray(0, cut), body.subarray(cut)]);
      expect(seen.includes(secret)).toBe(false);
      expect(seen.includes('[redacted by countersign]')).toBe(true);
    }
  });

  it('leaves every other byte as it is', () => {
    const body = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7) % 256));
    for (const type of ['application/octet-stream', 'text/plain', 'text/event-stream'])
      expect(run(type, [body.subarray(0, 999), body.subarray(999)]).equals(body)).toBe(true);
  });

  it('passes whole lines on at once, so that events arrive when they happen', () => {
    const redactor = createBodyRedactor(secrets, 'text/event-stream');
    expect(redactor.push(Buffer.from('data: a\n\ndata: sk-li')).toString()).toBe('data: a\n\n');
    expect(redactor.push(Buffer.from('ve-0123456789\n\n')).toString()).toBe(
      'data: [redacted by countersign]\n\n',
    );
    expect(redactor.redacted).toBe(1);
  });

  it('holds no endless line', () => {
    const redactor = createBodyRedactor(secrets, 'text/event-stream');
    expect(redactor.push(Buffer.alloc(200_000, 0x61)).length).toBeGreaterThan(190_000);
  });
});
