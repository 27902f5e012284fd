import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real NATS server with JetStream, on 127.0.0.1. */
export interface TestNats {
  readonly url: string;
  /** Kills it; what it kept in memory is gone. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

const START_LIMIT_MILLISECONDS = 10_000;

export interface NatsOptions {
  /** Speaks TLS alone, with this certificate and key, both PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** More lines of its configuration. */
  readonly config?: string;
}

export async function startNats({ tls, config = '' }: NatsOptions = {}): Promise<TestNats> {
  const program = findNatsServer();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-nats-'));
  let child: ChildProcess | undefined;
  let port = '-1';
  const run = async (): Promise<string> => {
    const flags = [
      '-c',
      writeConfig(folder, config, tls),
      '-a',
      '127.0.0.1',
      '-p',
      port,
      '-js',
      '-sd',
      folder,
      '--ports_file_dir',
      folder,
    ];
    child = spawn(program, flags, { stdio: 'ignore' });
    for (let waited = 0; waited < START_LIMIT_MILLISECONDS; waited += 20) {
      const url = readPorts(folder, child.pid);
      if (url !== undefined) return url;
      await sleep(20);
    }
    throw new Error('nats-server did not start');
  };
  const stop = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  };
  const url = await run();
  port = new URL(url).port;
  return {
    url,
    stop,
    start: async () => void (await run()),
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeConfig(folder: string, config: string, tls: NatsOptions['tls']): string {
  const path = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const files = tls && [path('server.pem', tls.certificate), path('server.key', tls.key)];
  const secured = files === undefined ? '' : `tls { cert_file: "${files[0]}", key_file: "${files[1]}" }\n`;
  return path('nats.conf', `${secured}${config}`);
}

/** Debian keeps it where only root's path leads. */
function findNatsServer(): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => join(folder, 'nats-server')).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error('nats-server is not installed (Debian: apt-get install nats-server)');
  return found;
}

function readPorts(folder: string, pid: number | undefined): string | undefined {
  const name = readdirSync(folder).find((one) => one.endsWith(`_${pid}.ports`));
  if (name === undefined) return undefined;
  const text = readFileSync(join(folder, name), 'utf8');
  // Written in pieces.
  if (!text.trimEnd().endsWith('}')) return undefined;
  const { nats } = JSON.parse(text) as { readonly nats?: readonly string[] };
  return nats?.[0];
}
