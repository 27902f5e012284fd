import type { Logger } from 'pino';
import { configSchema } from '../../config/index.ts';
import type { Context } from '../../context.ts';
import { createPlatform } from '../../platform/platform.ts';
import { createLedgerSinks } from '../../plugins/catalog.ts';
import type { Store } from '../../plugins/database/database.ts';
import { feedSinks } from './feed-sinks.ts';
import { createLogReader } from './log-reader.ts';
import { createSinkState } from './sink-state.ts';

export interface TestSinks {
  readonly context: Pick<Context, 'log' | 'platform' | 'sinks' | 'store'>;
  /** Feeds every sink that is due, until each has all or fails. */
  feed(): Promise<void>;
}

/** The part of a server that sends, as its configuration makes it, for tests. All sinks get everything. */
export async function openTestSinks(
  store: Store,
  now: () => number,
  stated: readonly object[],
): Promise<TestSinks> {
  const records = { classes: ['content', 'decision', 'identity', 'operation'] };
  const sinks = stated.map((one) => ({ records, content: true, ...one }));
  const { ledger, server } = configSchema.parse({ ledger: { sinks } });
  const config = { ledger, server: { ...server, publicUrl: 'http://localhost:7420' } };
  const secrets = { get: () => Promise.reject(new Error('there is none')) };
  const log = createLogReader(store);
  const quiet = { warn: () => {}, error: () => {} } as unknown as Logger;
  const context = {
    ...{ store, log: quiet, platform: createPlatform(now) },
    sinks: createSinkState(await createLedgerSinks({ config, secrets, version: '1.0.0', log })),
  };
  return {
    context,
    async feed() {
      await feedSinks(context);
      await Promise.all([...context.sinks.fed.values()].map(({ underWay }) => underWay));
    },
  };
}
