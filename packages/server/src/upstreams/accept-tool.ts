import { AppError } from '@countersign/api';
import {
  type ArgumentRole,
  canonicalJson,
  type JsonObject,
  type JsonValue,
  joinEffects,
  listArgumentPointers,
} from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { createSchemaCompiler } from './compile-schema.ts';
import { findProblem } from './discover-tools.ts';
import type { ToolRow } from './live-upstream.ts';
import { parseObject } from './pinned-tool.ts';
import { describeFindings, recordUpstream } from './record-upstream.ts';
import { digestFindings, readFindings } from './scan/tool-findings.ts';
import { loadTool, loadTools, loadUpstream, updateTool } from './stored-upstreams.ts';
import { readArgumentRoles } from './tool-labels.ts';
import { proposeClassification } from './tool-proposal.ts';
import { toolDigest, toolName, upstreamName } from './upstream-schema.ts';
import { showTool, type ToolView } from './upstream-view.ts';

export const acceptToolInput = z.strictObject({
  upstream: upstreamName,
  tool: toolName,
  digest: toolDigest,
  /** Of the findings the person has seen; not given where there are none. */
  findings: toolDigest.optional(),
});

/**
 * Puts the held definition in force, if it is still the one with this digest, which the person has seen, with
 * whatever the scan found in it. Throws `upstream.tool_changed`, `upstream.findings_unseen`, `upstream.tool_invalid`, `upstream.tool_not_found`, `upstream.not_found`.
 */
export async function acceptTool(context: Context, actor: Actor, input: unknown): Promise<ToolView> {
  requirePermission(actor, 'upstreams.change');
  const { upstream, tool, digest, findings = null } = acceptToolInput.parse(input);
  return context.store.transaction(async (tx) => {
    const row = await loadUpstream(tx.sql, upstream);
    const held = await loadTool(tx.sql, upstream, tool);
    if (held.state !== 'quarantined' || held.offered_digest !== digest)
      throw new AppError('upstream.tool_changed');
    const found = readFindings(held);
    if (digestFindings(found) !== findings) throw new AppError('upstream.findings_unseen');
    const accepted = accept(held, context.platform.now());
    await updateTool(tx.sql, accepted);
    recordUpstream(
      context,
      tx,
      actor,
      { kind: 'upstream.tool_accepted', upstream, tool },
      {
        digest,
        before: held.digest === digest ? null : held.digest,
        effects: JSON.parse(accepted.effects),
        ...(found.length === 0 ? {} : { findings: describeFindings(found), findingsDigest: findings }),
      },
    );
    const rows = await loadTools(tx.sql, upstream);
    tx.afterCommit(() => context.upstreams.put(row, rows));
    return showTool(accepted);
  });
}

/** What the new definition hints at is added to what the tool was known to do; more than before is not confirmed. */
function accept(held: ToolRow, now: number): ToolRow {
  const definition = held.offered_definition ?? held.definition;
  const offered = parseObject(definition);
  const problem = findProblem(offered, createSchemaCompiler());
  if (problem !== null) throw new AppError('upstream.tool_invalid', { detail: problem });
  const proposal = proposeClassification(held.name, offered);
  const effects = JSON.stringify(joinEffects(JSON.parse(held.effects), proposal.effects));
  const reversibility = proposal.reversibility === 'irreversible' ? 'irreversible' : held.reversibility;
  const isKnown =
    effects === held.effects &&
    reversibility === held.reversibility &&
    isSameMeaning(parseObject(held.definition), offered, held.name);
  return {
    ...held,
    digest: held.offered_digest ?? held.digest,
    definition,
    offered_digest: null,
    offered_definition: null,
    state: 'pinned',
    effects,
    reversibility,
    proposal: JSON.stringify(proposal),
    findings_seen: digestFindings(readFindings(held)),
    confirmed: isKnown ? held.confirmed : 0,
    sentence: isKnown ? held.sentence : null,
    argument_roles: isKnown ? held.argument_roles : reviseRoles(held, proposal.argumentRoles),
    pinned_at: now,
  };
}

/** Whether what a person said of arguments and results is about the new definition, too. */
function isSameMeaning(before: JsonObject, after: JsonObject, name: string): boolean {
  const said = (definition: JsonObject): string => {
    const { argumentRoles, resultLabels } = proposeClassification(name, definition);
    return canonicalJson([
      argumentRoles as unknown as JsonValue,
      resultLabels as unknown as JsonValue,
      listArgumentPointers(definition.inputSchema),
      definition.outputSchema ?? null,
    ]);
  };
  return said(before) === said(after);
}

/** Of arguments that are still there as a person said, of new ones as proposed. */
function reviseRoles(held: ToolRow, proposed: readonly ArgumentRole[]): string | null {
  if (held.argument_roles === null) return null;
  const offered = parseObject(held.offered_definition ?? held.definition);
  const before = new Set(listArgumentPointers(parseObject(held.definition).inputSchema));
  const now = new Set(listArgumentPointers(offered.inputSchema));
  const kept = readArgumentRoles(held, offered).filter(
    ({ pointer }) => !before.has(pointer) || now.has(pointer),
  );
  const said = new Set(kept.map(({ pointer }) => pointer));
  const added = proposed.filter(({ pointer }) => !before.has(pointer) && !said.has(pointer));
  return JSON.stringify([...kept, ...added]);
}
