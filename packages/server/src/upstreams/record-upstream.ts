import type { LedgerRecord, RecordKind } from '@countersign/api';
import { isJsonObject, type ToolFinding } from '@countersign/core';
import type { Context } from '../context.ts';
import { type Actor, nameActor } from '../people/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { listUsedSecrets } from './list-used-secrets.ts';
import type { ToolRow, UpstreamRow } from './live-upstream.ts';
import { parseObject } from './pinned-tool.ts';
import type { ToolPlan } from './plan-tools.ts';
import { digestFindings, readFindings } from './scan/tool-findings.ts';

/** Adds a record about an upstream to the transaction; returns its id, for what follows from it. */
export function recordUpstream(
  context: Context,
  tx: Transaction,
  actor: Actor,
  about: {
    readonly kind: RecordKind;
    readonly upstream: string;
    readonly tool?: string;
    readonly causes?: readonly string[];
  },
  body: LedgerRecord['body'],
): string {
  const id = context.platform.newId('rec');
  const { causes = [], ...names } = about;
  tx.record({ ...names, id, causes, at: context.platform.now(), body: { by: nameActor(actor), ...body } });
  return id;
}

/** What the ledger keeps of settings: enough to know them again, nothing that could hold a credential. */
export function describeSettings(row: UpstreamRow): LedgerRecord['body'] {
  const settings = parseObject(row.settings);
  const { url, command } = settings;
  const target = typeof url === 'string' ? URL.parse(url) : null;
  return {
    kind: row.kind,
    environment: row.environment,
    ...(target === null ? {} : { address: `${target.origin}${target.pathname}` }),
    ...(typeof command === 'string' ? { command } : {}),
    ...(isJsonObject(settings.credential) ? { credential: settings.credential.kind ?? null } : {}),
    ...(row.document === null ? {} : { documentDigest: sha256(row.document) }),
    secrets: listUsedSecrets(settings),
    settingsDigest: sha256(row.settings),
  };
}

/** Records what a look at the upstream's tools changed. */
export function recordPlan(
  context: Context,
  tx: Transaction,
  actor: Actor,
  upstream: string,
  plan: ToolPlan,
  causes: readonly string[],
): void {
  const changed = [...plan.inserted, ...plan.updated];
  const pinned = changed.filter(({ state }) => state === 'pinned');
  if (pinned.length > 0 || plan.missing.length > 0) {
    recordUpstream(
      context,
      tx,
      actor,
      { kind: 'upstream.tools_pinned', upstream, causes },
      {
        pinned: pinned.map(({ name, digest }) => ({ name, digest })),
        missing: plan.missing.map(({ name }) => name),
      },
    );
  }
  for (const row of changed) {
    if (row.state === 'missing') continue;
    const flagged = recordFlagged(context, tx, actor, row, causes);
    if (row.state !== 'quarantined') continue;
    const about = { kind: 'upstream.tool_quarantined', upstream, tool: row.name } as const;
    recordUpstream(context, tx, actor, { ...about, causes: [...causes, ...flagged] }, describeHold(row));
  }
}

/** Records what the scan found in a tool, if anything; returns the ids. */
export function recordFlagged(
  context: Context,
  tx: Transaction,
  actor: Actor,
  row: ToolRow,
  causes: readonly string[],
): readonly string[] {
  const findings = readFindings(row);
  if (findings.length === 0) return [];
  const about = { kind: 'upstream.tool_flagged', upstream: row.upstream, tool: row.name, causes } as const;
  const body = {
    digest: row.offered_digest ?? row.digest,
    findings: describeFindings(findings),
    findingsDigest: digestFindings(findings),
    held: row.state === 'quarantined',
  };
  return [recordUpstream(context, tx, actor, about, body)];
}

/** Without the text that was found, which is the upstream's. */
export function describeFindings(findings: readonly ToolFinding[]) {
  return findings.map(({ kind, grade, other }) => ({
    kind,
    grade,
    ...(other === undefined ? {} : { other }),
  }));
}

export function describeHold(row: ToolRow): LedgerRecord['body'] {
  const isNew = row.offered_digest === row.digest;
  return {
    reason: isNew ? 'new' : 'changed',
    pinned: isNew ? null : row.digest,
    offered: row.offered_digest,
  };
}
