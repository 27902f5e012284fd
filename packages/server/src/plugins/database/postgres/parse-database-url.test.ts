import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import { afterAll, describe, expect, it } from 'vitest';
import { describeAddress, parseDatabaseUrl } from './parse-database-url.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-url-'));
const authority = join(folder, 'ca.pem');
writeFileSync(authority, 'PEM');
afterAll(() => rmSync(folder, { recursive: true }));

const remote = 'postgresql://gate:s3cr%40t%3A@db.internal:6432/countersign';
const tlsOf = (url: string) => parseDatabaseUrl(url).tls;

describe('database.url', () => {
  it('says where the database is and how to get in', () => {
    const address = parseDatabaseUrl(remote);
    expect(address).toMatchObject({
      host: 'db.internal',
      port: 6432,
      database: 'countersign',
      user: 'gate',
      password: 's3cr@t:',
    });
    expect(describeAddress(address)).toBe('gate@db.internal:6432/countersign');
    expect(parseDatabaseUrl('postgres://gate@[::1]/c')).toMatchObject({ host: '::1', port: 5432 });
    expect(parseDatabaseUrl('postgres://gate@localhost/c?host=/run/postgresql')).toMatchObject({
      host: '/run/postgresql',
      password: undefined,
      tls: { mode: 'disable' },
    });
  });

  it.each([
    ['postgres://u@db.internal/c', 'verify-full'],
    ['postgres://u@10.0.0.7/c', 'verify-full'],
    // A name that only looks like this machine's.
    ['postgres://u@localhost.example.com/c', 'verify-full'],
    ['postgres://u@127.0.0.1.example.com/c', 'verify-full'],
    ['postgres://u@localhost/c', 'disable'],
    ['postgres://u@127.0.0.1/c', 'disable'],
    ['postgres://u@[::1]/c', 'disable'],
    [`postgres://u@localhost/c?sslrootcert=${authority}`, 'verify-full'],
    ['postgres://u@db.internal/c?sslmode=disable', 'disable'],
    ['postgres://u@db.internal/c?sslmode=require', 'require'],
    [`postgres://u@db.internal/c?sslmode=require&sslrootcert=${authority}`, 'verify-ca'],
    ['postgres://u@db.internal/c?sslmode=verify-ca', 'verify-ca'],
    ['postgres://u@db.internal/c?sslmode=verify-full&sslrootcert=system', 'verify-full'],
  ])('%s is spoken to with %s', (url, mode) => {
    expect(tlsOf(url).mode).toBe(mode);
  });

  it('reads certificates once, when it is read', () => {
    const tls = tlsOf(`${remote}?sslrootcert=${authority}&sslcert=${authority}&sslkey=${authority}`);
    expect(tls).toEqual({ mode: 'verify-full', authority: 'PEM', certificate: 'PEM', key: 'PEM' });
  });

  it.each([
    'mysql://gate:s3cret@db/c',
    'postgresql://gate:s3cret@db',
    'postgresql://:s3cret@db/c',
    'postgresql://gate:s3cret@/c',
    'postgresql://gate:s3cret@a,b/c',
    'postgresql://gate:s3cret@db/c#x',
    'postgresql://gate:s3cret%@db/c',
    'postgresql://gate:s3cret@db:99999/c',
    'postgresql://gate:s3cret@db/c?sslmode=prefer',
    'postgresql://gate:s3cret@db/c?sslmode=allow',
    'postgresql://gate:s3cret@db/c?sslmode=disable&sslmode=verify-full',
    'postgresql://gate:s3cret@db/c?options=-c%20fsync=off',
    'postgresql://gate:s3cret@db/c?host=elsewhere',
    'postgresql://gate:s3cret@db/c?sslrootcert=/no/such/file',
    's3cret',
  ])('refuses %s, and does not repeat it', (url) => {
    let thrown: unknown;
    try {
      parseDatabaseUrl(url);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({ code: 'config.invalid' });
    expect(`${thrown} ${(thrown as AppError).detail}`).not.toContain('s3cret');
  });
});
