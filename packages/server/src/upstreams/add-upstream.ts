import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { UniqueViolation } from '../plugins/database/database.ts';
import type { Discovery } from './discover-tools.ts';
import { readDeclaredTools } from './hooks/declared-tools.ts';
import { mostDocumentBytes } from './http-api/read-document.ts';
import { settleAddress } from './http-api/settle-address.ts';
import type { UpstreamRow } from './live-upstream.ts';
import { lookIfConnected } from './look-at-tools.ts';
import { planTools } from './plan-tools.ts';
import { describeSettings, recordPlan, recordUpstream } from './record-upstream.ts';
import { scanOffer } from './scan/scan-offer.ts';
import { parseSettings } from './settings.ts';
import { insertTools } from './stored-upstreams.ts';
import { environmentName, upstreamKind, upstreamName } from './upstream-schema.ts';
import { showTool, showUpstream, type ToolView, type UpstreamView } from './upstream-view.ts';

export const addUpstreamInput = z.strictObject({
  name: upstreamName,
  kind: upstreamKind,
  /** The server's own environment when absent. */
  environment: environmentName.optional(),
  settings: z.record(z.string(), z.unknown()),
  /**
   * Of an HTTP API: its OpenAPI document, where `settings.documentUrl` does not say where it is. Of a program that asks
   * before it uses tools of its own: their definitions, as MCP writes them, in a JSON array.
   */
  document: z.string().min(1).max(mostDocumentBytes).optional(),
});

export interface AddedUpstream extends UpstreamView {
  readonly tools: readonly ToolView[];
  readonly refused: Discovery['refused'];
}

/**
 * Connects to an upstream, pins every tool it has and puts it in force. Tools that cannot be checked, or whose definition
 * holds what a person should see first, are held. Throws
 * `upstream.exists`, `upstream.settings_invalid`, `upstream.address_refused`, and whatever keeps it from connecting.
 */
export async function addUpstream(context: Context, actor: Actor, input: unknown): Promise<AddedUpstream> {
  requirePermission(actor, 'upstreams.change');
  const row = readUpstream(context, await settleAddress(context, addUpstreamInput.parse(input)));
  if (context.upstreams.find(row.name) !== undefined) throw new AppError('upstream.exists');
  const connection = context.upstreams.connect(row);
  try {
    // Where each person brings their own account, the tools show once somebody has.
    const { tools, refused } = (await lookIfConnected(context, row, connection)) ?? {
      tools: [],
      refused: [],
    };
    const plan = planTools({
      upstream: row.name,
      rows: [],
      offered: tools,
      findings: await scanOffer(context.store.sql, row, [], tools),
      isFirst: true,
      isOurs: row.kind === 'model',
      now: row.created_at,
    });
    await context.store.transaction(async (tx) => {
      await tx.sql.insertInto('upstreams').values(row).execute();
      await insertTools(tx.sql, plan.inserted);
      const body = { ...describeSettings(row), refused: refused.map(({ name }) => name) };
      const added = recordUpstream(context, tx, actor, { kind: 'upstream.added', upstream: row.name }, body);
      recordPlan(context, tx, actor, row.name, plan, [added]);
      tx.afterCommit(() => context.upstreams.put(row, plan.inserted, connection));
    });
    return { ...showUpstream(row), tools: plan.inserted.map(showTool), refused };
  } catch (thrown) {
    await connection.close();
    throw thrown instanceof UniqueViolation ? new AppError('upstream.exists') : thrown;
  }
}

/** The row that this input describes. Throws `upstream.settings_invalid` or `upstream.address_refused`. */
export function readUpstream(context: Context, input: unknown): UpstreamRow {
  const { name, kind, environment, settings, document = null } = addUpstreamInput.parse(input);
  if (kind === 'http' && (document === null) === (settings.documentUrl === undefined))
    throw new AppError('upstream.settings_invalid', { detail: 'give either document or documentUrl' });
  if (kind === 'hooks') requireDeclared(name, document, settings);
  else if (kind !== 'http' && document !== null)
    throw new AppError('upstream.settings_invalid', { detail: 'only an HTTP API has a document' });
  return {
    name,
    kind,
    environment: environment ?? context.config.server.environment,
    settings: JSON.stringify(parseSettings(kind, settings)),
    document,
    created_at: context.platform.now(),
  };
}

/** Its tools are given now, or said by its agents later. */
function requireDeclared(upstream: string, document: string | null, settings: object): void {
  if (document !== null) readDeclaredTools(upstream, document);
  else if (!('declaredBy' in settings))
    throw new AppError('upstream.settings_invalid', { detail: 'give its tools or declaredBy' });
}
