import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import type { Config } from '@countersign/server';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { serverUrlFile } from '../../control/find-server.ts';
import { findDevRisks } from '../../dev-findings.ts';
import { parseCount } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { version } from '../../version.ts';
import { demoFolder, isDemoFinished } from '../demo/demo-folder.ts';
import type { DemoSetting } from '../demo/play-demo.ts';
import { keepServing, type RunningGateway } from './keep-serving.ts';

export interface UpOptions {
  readonly config?: string;
  readonly port?: number;
  readonly demo?: boolean;
  readonly data?: string;
  readonly database?: string;
  readonly bus?: string;
  readonly publicUrl?: string;
}

export const startUp = defineCommand<UpOptions>({
  usage: 'up',
  summary: 'start everything in this process: control plane, gateway and console',
  options: [
    { flags: '--config <file>', summary: 'countersign.yaml (COUNTERSIGN_CONFIG)' },
    { flags: '--port <port>', summary: 'listen here (default 7420; 0 takes a free one)', parse: parseCount },
    {
      flags: '--database <url>',
      summary:
        'PostgreSQL instead of the data folder (COUNTERSIGN_DATABASE_URL or …_FILE, which hide a password)',
    },
    {
      flags: '--bus <url>',
      summary:
        'share the database with other gateways: postgres, or the URL of NATS (COUNTERSIGN_SIGNALS_BUS)',
    },
    {
      flags: '--public-url <origin>',
      summary: 'as which all gateways are known (COUNTERSIGN_SERVER_PUBLIC_URL)',
    },
    { flags: '--demo', summary: 'play the demo; on by default on a first development start' },
    { flags: '--no-demo', summary: 'never play it' },
  ],
  examples: [
    'up',
    'up --no-demo --config countersign.yaml',
    'up --database postgresql://countersign@localhost/countersign',
    'up --database postgresql://countersign@localhost/countersign --bus postgres --port 0 --public-url http://localhost:7420',
  ],
  run: async (session, options) => {
    await serve(session, options);
    return undefined;
  },
});

/** Runs the server until the process is asked to end. Throws `AppError` when it cannot start. */
export async function serve(session: Session, options: UpOptions): Promise<void> {
  // Only here, because it is most of the product and takes most of the start.
  const { loadConfig, startServer } = await import('@countersign/server');
  const file = options.config ?? session.environment.COUNTERSIGN_CONFIG;
  const environment = file === undefined ? quieten(session) : session.environment;
  const config = loadConfig({
    ...(file === undefined ? {} : { file }),
    environment,
    flags: {
      server: {
        ...(options.port === undefined ? {} : { port: options.port }),
        ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
      },
      ...(options.data === undefined ? {} : { data: { folder: options.data } }),
      ...(options.database === undefined ? {} : { database: { url: options.database } }),
      ...(options.bus === undefined ? {} : { signals: { bus: options.bus } }),
    },
  });
  const { folder } = config.data;
  const isFirst = !existsSync(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const start = async (port: number): Promise<RunningGateway> => {
    const fenced = new AbortController();
    const settings = { ...config, server: { ...config.server, port } };
    const onFenced = () => fenced.abort();
    const server = await startServer({ config: settings, environment, version, onFenced });
    return { server, fenced: fenced.signal };
  };
  const first = await start(config.server.port).catch(explainSocketError);
  const link = first.server.firstAdministrator?.link ?? null;
  const { url, port } = first.server;
  const address = join(folder, serverUrlFile);
  await writeFile(address, `${url}\n`, { mode: 0o600 });
  let endDemo = async (): Promise<void> => undefined;
  const serving = keepServing(session, first, () => start(port));
  try {
    // A process that is killed later leaves what the next start saves by.
    setImmediate(flushCompileCache);
    announce(session, { url, port, dataFolder: folder, link, environment: config.server.environment });
    const setting = { url, dataFolder: folder, administratorLink: link };
    endDemo = await runDemo(session, setting, choosePart(options.demo, isFirst, config));
    await serving.ended;
  } finally {
    await removeAddress(address, url);
    await endDemo();
    await serving.stop();
  }
  session.print.line({ event: 'stopped' }, 'Stopped.');
}

/** Another gateway of the folder, known by the same address, may have written it since. */
async function removeAddress(path: string, url: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (text.trim() === url) await rm(path, { force: true });
}

/** What the system says of the port is for the person at the terminal, and no error of the product. */
function explainSocketError(thrown: unknown): never {
  const { code, port } = (thrown ?? {}) as { code?: unknown; port?: unknown };
  if (code !== 'EADDRINUSE' && code !== 'EACCES') throw thrown;
  const what = code === 'EACCES' ? 'may not be used by this user' : 'is in use by another process';
  throw new CliError(`port ${port} ${what}`, {
    fix: 'choose another with --port, or 0 for a free one',
    cause: thrown,
  });
}

/** A first development start plays the demo; later ones keep what it has set up alive. */
function choosePart(
  wanted: boolean | undefined,
  isFirst: boolean,
  { data, server }: Config,
): 'all' | 'upstreams' | 'none' {
  if (wanted !== undefined) return wanted ? 'all' : 'none';
  if (server.environment !== 'development') return 'none';
  if (isFirst) return 'all';
  if (!existsSync(demoFolder(data.folder))) return 'none';
  return isDemoFinished(data.folder) ? 'upstreams' : 'all';
}

async function runDemo(
  session: Session,
  setting: DemoSetting,
  part: 'all' | 'upstreams' | 'none',
): Promise<() => Promise<void>> {
  if (part === 'none') return async () => undefined;
  const { playDemo, restoreUpstreams, runBesideServer } = await import('../demo/play-demo.ts');
  return runBesideServer(session, async () =>
    part === 'all' ? (await playDemo(session, setting)).close : restoreUpstreams(session, setting),
  );
}

/** A person at a terminal reads what the command says; only what is wrong is logged between it. */
function quieten({ environment, streams }: Session): NodeJS.ProcessEnv {
  return streams.stderr.isTTY === true ? { COUNTERSIGN_LOG_LEVEL: 'warn', ...environment } : environment;
}

/** Behind another address, whose port is its own. */
function isPortOf(url: string, port: number): boolean {
  const { port: known, protocol } = new URL(url);
  return Number(known === '' ? (protocol === 'https:' ? 443 : 80) : known) === port;
}

interface Started {
  readonly url: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly link: string | null;
  readonly environment: string;
}

function announce(session: Session, { url, port, dataFolder, link, environment }: Started): void {
  const { print } = session;
  const { bold, yellow, cyan } = print.colors;
  const milliseconds = Math.round(process.uptime() * 1000);
  const risks = findDevRisks({ publicUrl: url, dataFolder });
  const facts = { event: 'ready', url, port, administratorLink: link, milliseconds, environment };
  const lines = [bold(`Countersign ${version} is ready after ${milliseconds} ms: ${cyan(url)}`)];
  if (!isPortOf(url, port)) lines.push(`This gateway listens on port ${port}.`);
  if (risks.length > 0) {
    lines.push('', yellow(`This is a ${environment} start. What is insecure about it:`));
    for (const { what, fix } of risks) lines.push(`  - ${what}`, `    fix: ${fix}`);
  }
  if (link !== null) {
    lines.push(
      '',
      bold('Nobody has joined yet. Whoever opens this one-time link first becomes the administrator:'),
    );
    lines.push(`  ${cyan(link)}`);
  }
  print.line({ ...facts, insecure: risks }, `${lines.join('\n')}\n`);
}
