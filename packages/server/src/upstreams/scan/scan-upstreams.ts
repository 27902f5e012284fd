import { AppError } from '@countersign/api';
import { isHolding, type KnownTool, type ScannedTool, scanTools, type ToolFinding } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { ToolRow, UpstreamRow } from '../live-upstream.ts';
import { parseObject } from '../pinned-tool.ts';
import { describeHold, recordFlagged, recordUpstream } from '../record-upstream.ts';
import { loadTools, updateTool } from '../stored-upstreams.ts';
import { upstreamName } from '../upstream-schema.ts';
import { showTool, type ToolView } from '../upstream-view.ts';
import { isAccepted, loadKnownTools } from './load-known-tools.ts';
import { describeOffered, type OfferFindings } from './scan-offer.ts';
import { digestFindings, readFindings } from './tool-findings.ts';

export const scanUpstreamsInput = z.strictObject({
  /** All of them when absent. */
  upstream: upstreamName.optional(),
  /** Whether tools in force with a finding that nobody has acknowledged are held until a person accepts them. */
  hold: z.boolean().default(false),
});

export interface ScannedUpstreams {
  readonly scanned: number;
  /** Those with findings. */
  readonly tools: readonly ToolView[];
}

/**
 * Looks again at the stored definitions, as they would be looked at if their upstream were added now. A tool in force
 * stays so unless it is to be held; its findings are stored, shown and recorded. Throws `upstream.not_found`.
 */
export async function scanUpstreams(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<ScannedUpstreams> {
  requirePermission(actor, 'upstreams.change');
  const { upstream, hold } = scanUpstreamsInput.parse(input);
  const upstreams = await context.store.sql.selectFrom('upstreams').selectAll().orderBy('name').execute();
  const chosen = upstreams.filter(({ name }) => upstream === undefined || name === upstream);
  if (upstream !== undefined && chosen.length === 0) throw new AppError('upstream.not_found');
  const flagged: ToolView[] = [];
  let scanned = 0;
  for (const row of chosen) {
    const tools = await context.store.transaction(async (tx) => {
      const after = await scanStored(context, tx, actor, row, hold);
      tx.afterCommit(() => context.upstreams.put(row, after));
      return after;
    });
    scanned += tools.length;
    flagged.push(...tools.map(showTool).filter(({ findings }) => findings.length > 0));
  }
  return { scanned, tools: flagged };
}

async function scanStored(
  context: Context,
  tx: Transaction,
  actor: Actor,
  { name, kind, created_at }: UpstreamRow,
  hold: boolean,
): Promise<ToolRow[]> {
  const rows = await loadTools(tx.sql, name);
  if (kind === 'model') return rows;
  const pinned = rows.filter(({ offered_definition }) => offered_definition === null);
  const waiting = rows.filter(({ offered_definition }) => offered_definition !== null);
  const found = new Map([
    ...scan(name, pinned, await loadKnownTools(tx.sql, created_at)),
    ...scan(name, waiting, waiting.length === 0 ? [] : await loadKnownTools(tx.sql)),
  ]);
  const after: ToolRow[] = [];
  for (const row of rows) {
    const next = judge(row, found.get(row.name) ?? [], hold);
    after.push(next);
    if (next.findings === row.findings && next.state === row.state) continue;
    await updateTool(tx.sql, next);
    const cause = next.findings === row.findings ? [] : recordFlagged(context, tx, actor, next, []);
    if (next.state === row.state) continue;
    const about = {
      kind: 'upstream.tool_quarantined',
      upstream: name,
      tool: row.name,
      causes: cause,
    } as const;
    recordUpstream(context, tx, actor, about, { ...describeHold(next), reason: 'flagged' });
  }
  return after;
}

/** What waits for a person, as the change it is; what is in force, as if it were new among those that are older. */
function scan(upstream: string, rows: readonly ToolRow[], known: readonly KnownTool[]): OfferFindings {
  return scanTools({ upstream, tools: rows.map(describeStored), known });
}

function describeStored(row: ToolRow): ScannedTool {
  if (row.offered_definition === null)
    return { definition: { ...parseObject(row.definition), name: row.name } };
  return describeOffered(row, { ...parseObject(row.offered_definition), name: row.name });
}

function judge(row: ToolRow, findings: readonly ToolFinding[], hold: boolean): ToolRow {
  const isSame = digestFindings(readFindings(row)) === digestFindings(findings);
  const next = isSame ? row : { ...row, findings: JSON.stringify(findings) };
  const isSeen = row.findings_seen !== null && row.findings_seen === digestFindings(findings);
  if (!hold || row.state !== 'pinned' || isSeen || !isAccepted(row) || !isHolding(findings)) return next;
  return { ...next, state: 'quarantined', offered_digest: row.digest, offered_definition: row.definition };
}
