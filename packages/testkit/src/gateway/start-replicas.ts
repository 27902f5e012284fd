import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningServer, StartOptions } from '@countersign/server';
import { useTestDatabase } from '../postgres/use-test-database.ts';
import { driveGateway } from './drive-gateway.ts';
import { startFront } from './start-front.ts';
import type { GatewayDriver } from './test-gateway.ts';

export interface ReplicasOptions {
  readonly count?: number;
  readonly fetchDocument?: NonNullable<StartOptions['fetchDocument']>;
  /** As `COUNTERSIGN_…` variables, of all of them. */
  readonly environment?: { readonly [name: string]: string };
}

/** Gateways of one database and data folder behind one address, in this process. */
export interface Replicas extends GatewayDriver {
  readonly servers: readonly RunningServer[];
  /** Connections made from now on go to this one. */
  at(number: number): void;
  /** The next connections go to these, one each, in the order in which they are made. */
  next(numbers: readonly number[]): void;
  /** Starts one more, which is the last of `servers` then. */
  add(): Promise<RunningServer>;
  stop(): Promise<void>;
}

/** A machine that does more at a time than this makes none of them deaf. */
const settings = 'signals:\n  bus:\n    kind: postgres\n    deafAfterSeconds: 30\n';

/** They start at the same moment; needs `TEST_POSTGRES_URL`. The bus is PostgreSQL's unless the environment says another. */
export async function startReplicas(options: ReplicasOptions = {}): Promise<Replicas> {
  const { createPlatform, loadConfig, startServer } = await import('@countersign/server');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-replicas-'));
  const database = await useTestDatabase(folder);
  const front = await startFront();
  const file = join(folder, 'countersign.yaml');
  writeFileSync(file, settings);
  const environment = {
    COUNTERSIGN_LOG_LEVEL: 'silent',
    COUNTERSIGN_SERVER_PUBLIC_URL: front.url,
    ...database.environment,
    ...options.environment,
  };
  const start = () =>
    startServer({
      config: loadConfig({ file, environment, flags: { server: { port: 0 }, data: { folder } } }),
      environment,
      platform: createPlatform(),
      ...(options.fetchDocument === undefined ? {} : { fetchDocument: options.fetchDocument }),
    });
  const servers = await Promise.all(Array.from({ length: options.count ?? 2 }, start));
  const portOf = (number: number): number => servers[number]?.port ?? 0;
  const at = (number: number): void => front.choose(portOf(number));
  at(0);
  // Each that starts ends the links of those before.
  const links = servers.map(({ firstAdministrator }) => firstAdministrator?.link ?? null);
  const driver = await driveFirst(links, (link) =>
    driveGateway({ url: front.url, folder, link, now: Date.now }),
  );
  return Object.assign(driver, {
    servers,
    at,
    next: (numbers: readonly number[]) => front.chooseNext(numbers.map(portOf)),
    async add() {
      const server = await start();
      servers.push(server);
      return server;
    },
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
      await front.close();
      await database.giveBack();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

async function driveFirst(
  links: readonly (string | null)[],
  drive: (link: string) => Promise<GatewayDriver>,
): Promise<GatewayDriver> {
  const drivers = await Promise.all(
    links.filter((link) => link !== null).map((link) => drive(link).catch(() => undefined)),
  );
  const [driver, ...others] = drivers.filter((one) => one !== undefined);
  if (driver === undefined || others.length > 0) throw new Error(`${others.length} links too many`);
  return driver;
}
