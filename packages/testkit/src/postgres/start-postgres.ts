import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyPrimary } from './copy-primary.ts';
import { type Account, findAccount, findBinaries } from './postgres-programs.ts';

export interface PostgresOptions {
  /** Further settings, as `postgres -c` takes them. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * False where nobody pulls the plug: then nothing is synced, which a machine with a slow disk notices and no test
   * of ours that only kills processes does.
   */
  readonly isDurable?: boolean;
  /** A streaming standby of this one, of which it is a copy: it reads only, until it is promoted. */
  readonly standbyOf?: Pick<TestPostgres, 'url' | 'folder'>;
  /** Speaks TLS with this certificate and key, both PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A real PostgreSQL server of its own, on 127.0.0.1, with the one user `countersign`. */
export interface TestPostgres {
  /** Of the database `postgres`, from which others are made. */
  readonly url: string;
  readonly port: number;
  /** Its data; configuration files may be changed there between a stop and a start. */
  readonly folder: string;
  /** Ends it as an operator does (`fast`), or as a crash does. */
  stop(how?: 'fast' | 'crash'): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Crashes it and removes its data. */
  remove(): Promise<void>;
}

const START_LIMIT_MILLISECONDS = 60_000;
const USER = 'countersign';
const unsafe = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const { settings = {}, isDurable = true } = options;
  const binaries = findBinaries();
  const account = findAccount();
  const place = mkdtempSync(join(tmpdir(), 'countersign-postgres-'));
  if (account.uid !== undefined && account.gid !== undefined) chownSync(place, account.uid, account.gid);
  const folder = join(place, 'data');
  const make = [`--username=${USER}`, '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  if (options.standbyOf !== undefined) await copyPrimary(options.standbyOf, { folder, account });
  else {
    execFileSync(join(binaries, 'initdb'), ['-D', folder, ...make], {
      ...account,
      cwd: place,
      stdio: 'ignore',
    });
  }
  const port = await findFreePort();
  const encrypted = options.tls === undefined ? [] : writeTlsFiles(folder, account, options.tls);
  const flags = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    ...(isDurable ? [] : unsafe),
    ...encrypted,
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
  ].flatMap((setting) => ['-c', setting]);
  let child: ChildProcess | undefined;

  const server: TestPostgres = {
    url: `postgresql://${USER}@127.0.0.1:${port}/postgres`,
    port,
    folder,
    async start() {
      child = spawn(join(binaries, 'postgres'), ['-D', folder, ...flags], {
        ...account,
        cwd: place,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      await untilReady(child);
    },
    async stop(how = 'fast') {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = new Promise((resolve) => child?.once('exit', resolve));
      // SIGINT ends every session and shuts down; SIGQUIT ends everything at once, and the next start recovers.
      child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await exited;
    },
    async remove() {
      await server.stop('crash');
      rmSync(place, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** PostgreSQL wants the key to be its own and nobody else's. */
function writeTlsFiles(
  folder: string,
  { uid, gid }: Account,
  { certificate, key }: NonNullable<PostgresOptions['tls']>,
): string[] {
  for (const [name, text] of Object.entries({ 'server.crt': certificate, 'server.key': key })) {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  }
  return ['ssl=on'];
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => child.kill('SIGQUIT'), START_LIMIT_MILLISECONDS);
    child.stderr?.on('data', (chunk: Buffer) => {
      if (output.length > 100_000) return;
      output += chunk.toString();
      if (!/ready to accept (read-only )?connections/.test(output)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${output}`)));
  });
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
