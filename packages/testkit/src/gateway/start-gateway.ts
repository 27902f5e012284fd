import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartOptions } from '@countersign/server';
import { useTestDatabase } from '../postgres/use-test-database.ts';
import { driveGateway } from './drive-gateway.ts';
import type { TestGateway } from './test-gateway.ts';

export interface StartGatewayOptions {
  /** An existing data folder, which is kept; a new one is removed at the end. */
  readonly folder?: string;
  /** `countersign.yaml`, for what no variable can say. */
  readonly configFile?: string;
  /** What the server gets for the addresses of client metadata documents; see `publishDocuments`. */
  readonly fetchDocument?: NonNullable<StartOptions['fetchDocument']>;
  /** As `COUNTERSIGN_…` variables. */
  readonly environment?: { readonly [name: string]: string };
}

/** Starts the real server in this process, on a free port, with the first administrator signed in. */
export async function startGateway(options: StartGatewayOptions = {}): Promise<TestGateway> {
  // Only here, so that whoever needs a fixture alone does not load the whole server.
  const { createPlatform, loadConfig, startServer } = await import('@countersign/server');
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'countersign-gateway-'));
  const database = await useTestDatabase(folder);
  const environment = {
    COUNTERSIGN_LOG_LEVEL: 'silent',
    ...database.environment,
    ...options.environment,
  };
  let offset = 0;
  const now = () => Date.now() + offset;
  const file = options.configFile === undefined ? {} : { file: options.configFile };
  const start = (port: number) =>
    startServer({
      config: loadConfig({ ...file, environment, flags: { server: { port }, data: { folder } } }),
      environment,
      platform: createPlatform(now),
      ...(options.fetchDocument === undefined ? {} : { fetchDocument: options.fetchDocument }),
    });
  let running = await start(0);
  const link = running.firstAdministrator?.link ?? null;
  const driver = await driveGateway({ url: running.url, folder, link, now });
  return Object.assign(driver, {
    advance(milliseconds: number) {
      offset += milliseconds;
    },
    async stop() {
      await running.stop();
      if (options.folder !== undefined) return;
      await database.giveBack();
      rmSync(folder, { recursive: true, force: true });
    },
    async restart() {
      await running.stop();
      running = await start(Number(new URL(driver.url).port));
    },
  });
}
