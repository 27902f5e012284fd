import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate, generateAgentKey } from '@countersign/sdk';
import { startPostgres, type TestPostgres } from '@countersign/testkit';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryKeyring } from '../sealing/keyring.ts';
import { createTestLedgerKey, testKeyRoots } from '../test-store.ts';
import { openPostgresStore } from './open-postgres-store.ts';
import { parseDatabaseUrl } from './parse-database-url.ts';

const unreachable = { code: 'server.database_unreachable' };
const password = 'p4ss-word-of-the-gate';
const place = mkdtempSync(join(tmpdir(), 'countersign-tls-'));
const authority = join(place, 'ca.pem');
const otherAuthority = join(place, 'other.pem');
const key = createTestLedgerKey();
const keyring = createMemoryKeyring(testKeyRoots);
let server: TestPostgres;

async function makeServerCertificate() {
  const { key: agentKey, privateJwk } = await generateAgentKey();
  const options = { name: 'database', lifetimeSeconds: 3600, dnsNames: ['localhost'] };
  const privateKey = createPrivateKey({ key: privateJwk as JsonWebKey, format: 'jwk' });
  return {
    certificate: await createCertificate(agentKey, options),
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

beforeAll(async () => {
  const tls = await makeServerCertificate();
  writeFileSync(authority, tls.certificate);
  writeFileSync(otherAuthority, (await makeServerCertificate()).certificate);
  server = await startPostgres({ isDurable: false, tls });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(`ALTER ROLE countersign PASSWORD '${password}'`);
  await client.end();
  await server.stop();
  // From now on only with TLS and the password.
  writeFileSync(join(server.folder, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  await server.start();
}, 60_000);
afterAll(async () => {
  await server?.remove();
  rmSync(place, { recursive: true });
});

const write = (host: string, parameters: string, word = password) =>
  `postgresql://countersign:${word}@${host}:${server.port}/postgres?${parameters}`;
const open = (url: string) =>
  openPostgresStore({
    address: parseDatabaseUrl(url),
    loadLedgerKey: async () => key,
    openKeyring: async () => keyring,
  });

describe('the connection to PostgreSQL', { timeout: 30_000 }, () => {
  it.each([
    ['localhost', () => `sslmode=verify-full&sslrootcert=${authority}`],
    ['127.0.0.1', () => `sslmode=verify-ca&sslrootcert=${authority}`],
    ['127.0.0.1', () => 'sslmode=require'],
  ])('is encrypted to %s', async (host, parameters) => {
    const store = await open(write(host, parameters()));
    try {
      const { rows } = await sql<{
        ssl: number;
      }>`SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'countersign'`.execute(store.sql);
      expect(rows.length).toBeGreaterThan(1);
      expect(rows.every(({ ssl }) => ssl === 1)).toBe(true);
    } finally {
      await store.close();
    }
  });

  it.each<[string, string, () => string]>([
    ['whose certificate has another name', '127.0.0.1', () => `sslmode=verify-full&sslrootcert=${authority}`],
    ['of another authority', 'localhost', () => `sslmode=verify-full&sslrootcert=${otherAuthority}`],
    [
      'of another authority, whatever its name',
      'localhost',
      () => `sslmode=verify-ca&sslrootcert=${otherAuthority}`,
    ],
    ['that no public authority knows', 'localhost', () => 'sslmode=verify-full'],
    ['that wants encryption and is not asked for it', '127.0.0.1', () => 'sslmode=disable'],
  ])('is not made to a server %s', async (_name, host, parameters) => {
    await expect(open(write(host, parameters()))).rejects.toMatchObject(unreachable);
  });

  it('never falls back to clear text', async () => {
    const plain = new URL(process.env.TEST_POSTGRES_URL ?? '');
    const { port } = plain;
    const url = `postgresql://countersign@127.0.0.1:${port}/postgres?sslmode=require`;
    await expect(open(url)).rejects.toMatchObject(unreachable);
  });

  it('tells nobody the password, neither the right one nor a wrong one', async () => {
    for (const word of ['wrong-w0rd', password]) {
      const url = write('127.0.0.1', word === password ? 'sslmode=disable' : 'sslmode=require', word);
      const thrown: unknown = await open(url).catch((error: unknown) => error);
      expect(thrown).toMatchObject(unreachable);
      const { message, detail, stack, cause } = thrown as Error & { detail?: string };
      expect(JSON.stringify([message, detail, stack, String(cause)])).not.toContain(word);
    }
  });

  it('is not made to a server that is not there', async () => {
    await expect(open('postgresql://countersign@127.0.0.1:1/postgres')).rejects.toMatchObject(unreachable);
  });
});
