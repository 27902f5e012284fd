import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type LedgerRecord } from '@countersign/api';
import type { Context } from '../../../context.ts';
import { createMasterKey } from '../../../platform/master-key.ts';
import type { UpstreamRow } from '../../../upstreams/index.ts';
import type { DrillWorld } from './drill-world.ts';
import { noSecrets } from './no-secrets.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';

/**
 * Where the worlds of this gateway keep what they need while they last; whatever is left there is of a run that was broken off.
 * Others that share the data folder have theirs beside it.
 */
export function worldsFolder({ config, store }: Pick<Context, 'config' | 'store'>): string {
  const { isShared, stream } = store.seat;
  return join(config.data.folder, isShared ? `drill-worlds-${stream}` : 'drill-worlds');
}

/** Opens a world for one drill. `upstreams` are all that it can ever connect to. */
export async function openWorld(
  live: Context,
  id: string,
  upstreams: ReadonlyMap<string, ScriptedUpstream>,
): Promise<DrillWorld> {
  const folder = join(worldsFolder(live), id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const context = await live.drills.buildWorld({
      config: {
        ...live.config,
        data: { folder },
        database: {},
        ledger: { ...live.config.ledger, sinks: [] },
        upstreams: [],
        workloads: [],
        approvals: { ...live.config.approvals, productionEnvironments: [] },
      },
      log: live.log.child({ drill: id }),
      fetchDocument: refuseNetwork,
      instead: {
        // Of this moment: nothing sealed in a world opens outside of it, or after it.
        masterKey: createMasterKey(live.platform.randomBytes(32)),
        secrets: noSecrets,
        connect: (row) => requireScripted(upstreams, row),
        policies: live.policies,
      },
    });
    return watchWorld(context, remove);
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

function watchWorld(context: Context, remove: () => Promise<void>): DrillWorld {
  let records: LedgerRecord[] = [];
  const stop = context.store.onAppended((appended) => {
    for (const { record } of appended) records.push(record);
  });
  return {
    context,
    async takeRecords() {
      await context.unauthenticated.flush();
      await context.tokens.refusals.flush();
      // It gets its turn after everything that was asked to be written before.
      await context.store.transaction(async () => undefined);
      const taken = records;
      records = [];
      return taken;
    },
    async close() {
      stop();
      try {
        await context.upstreams.close();
        await context.credentials.close();
      } finally {
        await context.store.close();
        await remove();
      }
    },
  };
}

function requireScripted(upstreams: ReadonlyMap<string, ScriptedUpstream>, { name }: UpstreamRow) {
  const scripted = upstreams.get(name);
  if (scripted === undefined)
    throw new AppError('upstream.failed', { detail: 'not an upstream of this drill' });
  return scripted.connection;
}

async function refuseNetwork(): Promise<never> {
  throw new AppError('upstream.failed', { detail: 'a drill reaches no network' });
}
