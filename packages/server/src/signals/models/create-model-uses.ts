import type { Logger } from 'pino';
import type { Config } from '../../config/index.ts';
import type { Platform } from '../../platform/platform.ts';
import { RecentMap } from '../../platform/recent-map.ts';
import type { Store, Transaction } from '../../plugins/database/database.ts';
import { writeRisk } from '../risk/change-risk.ts';
import type { RiskState } from '../risk/risk-state.ts';
import { fingerprintUse, listChanged, type ModelUse } from './model-use.ts';

export interface ModelUseParts {
  readonly config: Pick<Config, 'signals'>;
  readonly platform: Platform;
  readonly store: Store;
  readonly risk: RiskState;
  readonly log: Logger;
}

/** One answer of a model to an agent. */
export interface NotedUse extends ModelUse {
  readonly agent: { readonly id: string; readonly ownerId: string };
  readonly task: string;
  /** The record of the answer. */
  readonly record: string;
}

/** Knows which models agents have, and tells when that changes. */
export interface ModelUses {
  /** Behind the call: nothing waits for it. */
  note(use: NotedUse): void;
}

/** Of so many each is told by itself; what is another one each time is told as one from then on. */
const mostUses = 100;
const others = 'others';
const mostAgents = 20_000;
/** How often it is written that one is still in use. */
const stillMilliseconds = 60_000;
const hourMilliseconds = 3_600_000;

interface Known {
  /** By fingerprint: when it was last written. */
  readonly written: Map<string, number>;
  last: ModelUse | undefined;
}

export function createModelUses(parts: ModelUseParts): ModelUses {
  const { platform, log } = parts;
  const known = new RecentMap<Known>(mostAgents);
  let work = Promise.resolve();
  return {
    note(use) {
      const here = known.get(use.agent.id);
      const isSame = here?.last !== undefined && fingerprintUse(here.last) === fingerprintUse(use);
      const writtenAt = here?.written.get(nameRow(here, use)) ?? Number.NEGATIVE_INFINITY;
      if (isSame && platform.now() - writtenAt < stillMilliseconds) return;
      work = work
        .then(() => keepUse(parts, known, use))
        .catch((error: unknown) => {
          const { code } = error as { code?: string };
          log.error({ agent: use.agent.id, code }, 'a change of model could not be recorded');
        });
    },
  };
}

function nameRow({ written }: Known, use: ModelUse): string {
  const fingerprint = fingerprintUse(use);
  return written.has(fingerprint) || written.size < mostUses ? fingerprint : others;
}

/** Whatever it is, it is what the agent has now: the next change is one from it. */
async function keepUse(parts: ModelUseParts, known: RecentMap<Known>, use: NotedUse): Promise<void> {
  const { store, platform } = parts;
  const here = known.get(use.agent.id) ?? (await loadKnown(store, use.agent.id));
  known.add(use.agent.id, here);
  const row = nameRow(here, use);
  const before = here.last;
  await store.transaction((tx) => writeUse(parts, tx, { use, before, row }));
  here.written.set(row, platform.now());
  here.last = use;
}

async function loadKnown(store: Store, agentId: string): Promise<Known> {
  const rows = await store.sql
    .selectFrom('agent_models')
    .selectAll()
    .where('agent_id', '=', agentId)
    .orderBy('last_at')
    .orderBy('fingerprint')
    .execute();
  const last = rows.at(-1);
  return {
    written: new Map(rows.map(({ fingerprint, last_at }) => [fingerprint, last_at])),
    last: last && {
      ...{ upstream: last.upstream, asked: last.asked, answered: last.answered },
      ...{ systemDigest: last.system_digest, toolsDigest: last.tools_digest },
    },
  };
}

interface WrittenUse {
  readonly use: NotedUse;
  readonly before: ModelUse | undefined;
  readonly row: string;
}

/** The first that an agent has is what it is known by; another server may have told of the change already. */
async function writeUse(
  parts: ModelUseParts,
  tx: Transaction,
  { use, before, row }: WrittenUse,
): Promise<void> {
  const now = parts.platform.now();
  const present = {
    ...{ upstream: use.upstream, asked: use.asked, answered: use.answered },
    ...{ system_digest: use.systemDigest, tools_digest: use.toolsDigest, last_at: now },
  };
  await tx.sql
    .insertInto('agent_models')
    .values({
      agent_id: use.agent.id,
      fingerprint: row,
      first_at: now,
      told_at: null,
      record: null,
      ...present,
    })
    .onConflict((conflict) => conflict.columns(['agent_id', 'fingerprint']).doUpdateSet(present))
    .execute();
  if (before === undefined || fingerprintUse(before) === fingerprintUse(use)) return;
  const record = parts.platform.newId('rec');
  const told = await tx.sql
    .updateTable('agent_models')
    .set({ told_at: now, record })
    .where('agent_id', '=', use.agent.id)
    .where('fingerprint', '=', row)
    .where((where) =>
      where.or([where('told_at', 'is', null), where('told_at', '<=', now - hourMilliseconds)]),
    )
    .returning('agent_id')
    .execute();
  if (told.length === 0) return;
  const changed = listChanged(before, use);
  tx.record({
    id: record,
    kind: 'signal.model_changed',
    at: now,
    causes: [use.record],
    agent: use.agent.id,
    task: use.task,
    upstream: use.upstream,
    body: {
      after: describeUse(use),
      before: describeUse(before),
      changed,
      ...(row === others ? { others: true } : {}),
    },
  });
  await raiseRisk(parts, tx, use, { record, changed });
}

async function raiseRisk(
  { config, platform, risk }: ModelUseParts,
  tx: Transaction,
  { agent }: NotedUse,
  { record, changed }: { readonly record: string; readonly changed: readonly string[] },
): Promise<void> {
  const { modelChangeRisk, mediumRiskHours, highRiskHours } = config.signals;
  if (modelChangeRisk === 'none') return;
  const hours = modelChangeRisk === 'high' ? highRiskHours : mediumRiskHours;
  await writeRisk({ platform, risk }, tx, {
    ...{ personId: agent.ownerId, source: `model-change/${agent.id}`, level: modelChangeRisk },
    reason: `an agent has another ${changed.join(' and another ')}`,
    expiresAt: platform.now() + hours * hourMilliseconds,
    ...{ by: 'system:models', causes: [record] },
  });
}

function describeUse({ upstream, asked, answered, systemDigest, toolsDigest }: ModelUse) {
  return { answered, asked, systemDigest, toolsDigest, upstream };
}
