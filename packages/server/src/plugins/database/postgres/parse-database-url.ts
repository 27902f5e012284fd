import { readFileSync } from 'node:fs';
import { AppError } from '@countersign/api';
import { z } from 'zod';

/** Where a PostgreSQL database is and how to get in. Holds the password: never log it, show it or put it in an error. */
export interface DatabaseAddress {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly tls: DatabaseTls;
}

export interface DatabaseTls {
  /** `require` encrypts and trusts whoever answers; the others are what libpq means by them. */
  readonly mode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** PEM; Node's own authorities when absent. */
  readonly authority: string | undefined;
  /** PEM of a client certificate and its key. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

const parameterSchema = z.strictObject({
  host: z.string().startsWith('/').max(255).optional(),
  sslmode: z.enum(['disable', 'require', 'verify-ca', 'verify-full']).optional(),
  sslrootcert: z.string().max(4096).optional(),
  sslcert: z.string().max(4096).optional(),
  sslkey: z.string().max(4096).optional(),
});

type Parameters = z.infer<typeof parameterSchema>;

/**
 * Reads `postgresql://user:password@host:5432/database?sslmode=…`. Without `sslmode` a database elsewhere must prove who
 * it is (`verify-full`), and one on this machine is spoken to in clear. Throws `config.invalid`, never with the URL.
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol))
    throw invalid('must look like postgresql://user@host:5432/database');
  const parameters = readParameters(url);
  const host = parameters.host ?? decode(url.hostname).replace(/^\[|\]$/g, '');
  const database = decode(url.pathname.slice(1));
  const user = decode(url.username);
  if (host === '' || database === '' || user === '') throw invalid('must name a user, a host and a database');
  if (/[,\s]/.test(host) || url.hash !== '') throw invalid('must name one host and end with its parameters');
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user,
    password: url.password === '' ? undefined : decode(url.password),
    tls: readTls(parameters, isOnThisMachine(host)),
  };
}

/** The address for people and logs: without the password. */
export function describeAddress({ user, host, port, database }: DatabaseAddress): string {
  return `${user}@${host}:${port}/${database}`;
}

function readParameters(url: URL): Parameters {
  const names = [...url.searchParams.keys()];
  if (new Set(names).size !== names.length) throw invalid('names a parameter twice');
  const checked = parameterSchema.safeParse(Object.fromEntries(url.searchParams));
  if (checked.success) return checked.data;
  const allowed = 'sslmode (disable, require, verify-ca, verify-full), sslrootcert, sslcert, sslkey and host';
  throw invalid(`may have the parameters ${allowed}`);
}

function readTls(parameters: Parameters, isLocal: boolean): DatabaseTls {
  const { sslmode, sslrootcert, sslcert, sslkey } = parameters;
  const authority =
    sslrootcert === undefined || sslrootcert === 'system' ? undefined : readPem('sslrootcert', sslrootcert);
  // As libpq does: an authority that was named is asked, whatever else was said.
  const asked = sslmode === 'require' && sslrootcert !== undefined ? 'verify-ca' : sslmode;
  return {
    mode: asked ?? (isLocal && sslrootcert === undefined ? 'disable' : 'verify-full'),
    authority,
    certificate: sslcert === undefined ? undefined : readPem('sslcert', sslcert),
    key: sslkey === undefined ? undefined : readPem('sslkey', sslkey),
  };
}

function isOnThisMachine(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('config.invalid', { detail: `${name} of database.url cannot be read`, cause });
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('has a % that stands for nothing');
  }
}

function invalid(what: string): AppError {
  return new AppError('config.invalid', { detail: `database.url ${what}` });
}
