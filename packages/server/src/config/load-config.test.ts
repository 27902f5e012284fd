import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import { describe, expect, test } from 'vitest';
import { describeConfigSchema, loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-config-'));
const write = (text: string): string => {
  const path = join(folder, `${Math.abs(sumOf(text))}.yaml`);
  writeFileSync(path, text);
  return path;
};
function sumOf(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) | 0;
  return sum;
}
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof AppError ? `${error.code} ${error.detail}` : String(error);
  }
  return 'none';
};

describe('the configuration', () => {
  test('has safe defaults and a known public URL', () => {
    const config = loadConfig({ environment: {} });
    expect(config.server.publicUrl).toBe('http://localhost:7420');
    expect(config.tokens.lifetimeSeconds).toBe(300);
  });

  test('flags win over environment, which wins over the file', () => {
    const file = write('server: { port: 1000, environment: production }\ntokens: { lifetimeSeconds: 60 }\n');
    const secret = write('120');
    const environment = { COUNTERSIGN_SERVER_PORT: '2000', COUNTERSIGN_TOKENS_LIFETIME_SECONDS_FILE: secret };
    const config = loadConfig({ file, environment, flags: { server: { port: 3000 } } });
    expect(config.server).toMatchObject({
      port: 3000,
      environment: 'production',
      publicUrl: 'http://localhost:3000',
    });
    expect(config.tokens.lifetimeSeconds).toBe(120);
  });

  test('takes the URL of the database from a file, and repeats it in no error', () => {
    const secret = write('postgresql://gate:s3cret@db.internal/countersign\n');
    const config = loadConfig({ environment: { COUNTERSIGN_DATABASE_URL_FILE: secret } });
    expect(config.database.url).toBe('postgresql://gate:s3cret@db.internal/countersign');
    const refused = codeOf(() =>
      loadConfig({ environment: { COUNTERSIGN_DATABASE_URL: 'mysql://gate:s3cret@db' } }),
    );
    expect(refused).toContain('config.invalid');
    expect(refused).not.toContain('s3cret');
    expect(loadConfig({ environment: {} }).database).toEqual({});
  });

  test('takes the signal bus in one word, or in all of them', () => {
    const busOf = (COUNTERSIGN_SIGNALS_BUS: string) =>
      loadConfig({ environment: { COUNTERSIGN_SIGNALS_BUS } }).signals.bus;
    const subject = 'countersign.signals';
    expect(loadConfig({ environment: {} }).signals.bus).toEqual({
      ...{ kind: 'in-process', subject, deafAfterSeconds: 2 },
    });
    expect(busOf('postgres')).toMatchObject({ kind: 'postgres' });
    expect(busOf('postgresql://bus/news')).toMatchObject({ kind: 'postgres', url: 'postgresql://bus/news' });
    for (const url of ['nats://bus:4222', 'tls://bus:4222'])
      expect(busOf(url)).toMatchObject({ kind: 'nats', url });
    const file = write(
      'signals: { bus: { kind: nats, url: "tls://bus:4222", caFile: ca.pem, deafAfterSeconds: 5 } }',
    );
    expect(loadConfig({ file, environment: {} }).signals.bus).toMatchObject({
      caFile: 'ca.pem',
      deafAfterSeconds: 5,
    });
    expect(
      loadConfig({ file, environment: {}, flags: { signals: { bus: 'postgres' } } }).signals.bus,
    ).toMatchObject({
      kind: 'postgres',
    });
  });

  test.each([
    ['kind: nats', 'signals.bus.url'],
    ['kind: nats, url: "postgresql://bus"', 'is none of nats'],
    ['kind: postgres, url: "nats://bus:4222"', 'is none of postgres'],
    ['kind: in-process, url: "nats://bus:4222"', 'is none of in-process'],
    ['kind: postgres, caFile: ca.pem', 'are of nats'],
    ['kind: postgres, credentialsFile: a.creds', 'are of nats'],
    ['kind: nats, url: "http://bus"', 'signals.bus.url'],
    ['kind: nats, url: "nats://bus", subject: "a.>"', 'signals.bus.subject'],
    ['kind: postgres, deafAfterSeconds: 1', 'signals.bus.deafAfterSeconds'],
    ['kind: postgres, deafAfterSeconds: 61', 'signals.bus.deafAfterSeconds'],
    ['kind: kafka', 'signals.bus.kind'],
    ['kind: postgres, retries: 3', 'retries'],
  ])('refuses a signal bus of %s', (bus, hint) => {
    const refused = codeOf(() =>
      loadConfig({ file: write(`signals: { bus: { ${bus} } }\n`), environment: {} }),
    );
    expect(refused).toContain('config.invalid');
    expect(refused).toContain(hint);
  });

  test('refuses what it does not know, with a hint', () => {
    const unknown = codeOf(() => loadConfig({ environment: { COUNTERSIGN_SERVER_PROT: '1' } }));
    expect(unknown).toContain('config.invalid');
    expect(unknown).toContain('COUNTERSIGN_SERVER_PORT');
    expect(codeOf(() => loadConfig({ file: write('server: { prot: 1 }\n'), environment: {} }))).toContain(
      'config.invalid',
    );
    expect(
      codeOf(() => loadConfig({ file: write('server: 1\n'), environment: { COUNTERSIGN_SERVER_PORT: '1' } })),
    ).toContain('config.invalid');
    expect(codeOf(() => loadConfig({ file: write('a: &a [1]\nb: [*a'), environment: {} }))).toContain(
      'config.invalid',
    );
    expect(codeOf(() => loadConfig({ file: join(folder, 'missing.yaml'), environment: {} }))).toContain(
      'config.invalid',
    );
  });

  test.each([
    'http://127.0.0.1:7420',
    'http://gate.example.com',
    'https://gate.example.com/path',
    'https://u@gate.example.com',
  ])('refuses %s as public URL', (publicUrl) => {
    expect(codeOf(() => loadConfig({ environment: { COUNTERSIGN_SERVER_PUBLIC_URL: publicUrl } }))).toContain(
      'config.invalid',
    );
  });

  test('a token can never be made to live longer than five minutes', () => {
    expect(
      codeOf(() => loadConfig({ environment: { COUNTERSIGN_TOKENS_LIFETIME_SECONDS: '301' } })),
    ).toContain('config.invalid');
  });

  test('refuses two transmitters of one name', () => {
    const one = 'issuer: a, audience: b, keysFile: k, pushTokenFile: t';
    const load = (other: string) =>
      codeOf(() =>
        loadConfig({
          file: write(`signals: { transmitters: [{ name: idp, ${one} }, { name: ${other}, ${one} }] }\n`),
          environment: {},
        }),
      );
    expect(load('siem')).toBe('none');
    expect(load('idp')).toContain('config.invalid');
  });

  test('publishes its JSON Schema', () => {
    expect(describeConfigSchema()).toMatchObject({
      type: 'object',
      properties: { server: { type: 'object' } },
    });
  });
});
