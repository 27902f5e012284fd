import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import type { Discovery, OfferedTool } from './discover-tools.ts';
import type { ToolRow } from './live-upstream.ts';
import { lookAtTools } from './look-at-tools.ts';
import { planTools } from './plan-tools.ts';
import { recordPlan } from './record-upstream.ts';
import { scanOffer } from './scan/scan-offer.ts';
import { insertTools, loadTools, loadUpstream, updateTool } from './stored-upstreams.ts';
import { upstreamName } from './upstream-schema.ts';
import { showTool, type ToolView } from './upstream-view.ts';

const refreshToolsInput = z.strictObject({ upstream: upstreamName });

export interface RefreshedTools {
  readonly tools: readonly ToolView[];
  readonly refused: Discovery['refused'];
}

/**
 * Looks at the upstream's tools again: what is new or changed is held at once. Only where nothing could be seen when the
 * upstream was added, because nobody had connected yet, is a person's first look as good as adding it. Throws
 * `upstream.*`, `secret.*`.
 */
export async function refreshTools(context: Context, actor: Actor, input: unknown): Promise<RefreshedTools> {
  requirePermission(actor, 'upstreams.change');
  const { upstream } = refreshToolsInput.parse(input);
  const live = context.upstreams.find(upstream);
  if (live === undefined) throw new AppError('upstream.not_found');
  const isFirst = actor.kind !== 'system' && live.settings.credential?.kind === 'oauth-user';
  const before = await loadUpstream(context.store.sql, upstream);
  const { tools, refused } = await lookAtTools(context, before, live.connection);
  const rows = await context.store.transaction(async (tx) => {
    const row = await loadUpstream(tx.sql, upstream);
    // What was seen is of no use if the upstream was moved or replaced meanwhile.
    const isOther = row.settings !== before.settings || row.document !== before.document;
    if (isOther || context.upstreams.find(upstream)?.connection !== live.connection)
      throw new AppError('upstream.failed');
    const after = await applyOffer(context, tx, actor, { upstream, offered: tools, causes: [], isFirst });
    tx.afterCommit(() => context.upstreams.put(row, after));
    return after;
  });
  return { tools: rows.map(showTool), refused };
}

export interface Offer {
  readonly upstream: string;
  readonly offered: readonly OfferedTool[];
  readonly causes: readonly string[];
  readonly isFirst: boolean;
}

/** Stores and records what an offer changes; returns all tools as they are then. */
export async function applyOffer(
  context: Context,
  tx: Transaction,
  actor: Actor,
  { upstream, offered, causes, isFirst }: Offer,
): Promise<ToolRow[]> {
  const rows = await loadTools(tx.sql, upstream);
  const { name, kind } = await loadUpstream(tx.sql, upstream);
  const plan = planTools({
    upstream,
    rows,
    offered,
    findings: await scanOffer(tx.sql, { name, kind }, rows, offered),
    isFirst: isFirst && rows.length === 0,
    isOurs: kind === 'model',
    now: context.platform.now(),
  });
  await insertTools(tx.sql, plan.inserted);
  for (const row of plan.updated) await updateTool(tx.sql, row);
  recordPlan(context, tx, actor, upstream, plan, causes);
  const updated = new Map(plan.updated.map((row) => [row.name, row]));
  return [...rows.map((row) => updated.get(row.name) ?? row), ...plan.inserted];
}
