import { assumeReversibility, isHolding } from '@countersign/core';
import type { OfferedTool } from './discover-tools.ts';
import type { ToolRow } from './live-upstream.ts';
import { parseObject } from './pinned-tool.ts';
import type { OfferFindings } from './scan/scan-offer.ts';
import { proposeClassification } from './tool-proposal.ts';

export interface ToolPlan {
  readonly inserted: readonly ToolRow[];
  /** The whole row as it is to be. */
  readonly updated: readonly ToolRow[];
  /** Held until a person accepts: new, changed, or not usable. */
  readonly quarantined: readonly ToolRow[];
  readonly missing: readonly ToolRow[];
}

export interface PlanInput {
  readonly upstream: string;
  readonly rows: readonly ToolRow[];
  readonly offered: readonly OfferedTool[];
  /** What the scan found in those that are not in force as they are offered. */
  readonly findings: OfferFindings;
  /** A person adds the upstream now, and with it the tools it has. */
  readonly isFirst: boolean;
  /** This house wrote the definitions: what changes in them came with it, or with settings that a person changed. */
  readonly isOurs: boolean;
  readonly now: number;
}

/**
 * What becomes of the stored tools when the upstream offers these. A definition is in force only after a person has
 * seen it: with the upstream when that was added, or by itself later. Going back to an accepted one lifts the hold.
 */
export function planTools(input: PlanInput): ToolPlan {
  const known = new Map(input.rows.map((row) => [row.name, row]));
  const inserted: ToolRow[] = [];
  const updated: ToolRow[] = [];
  for (const [position, tool] of input.offered.entries()) {
    const row = known.get(tool.name);
    if (row === undefined) {
      inserted.push({ ...makeRow(input, tool), position });
      continue;
    }
    const next = input.isOurs
      ? takeOver(row, tool)
      : compare(row, tool, JSON.stringify(input.findings.get(tool.name) ?? []));
    if (next !== undefined) updated.push(next);
  }
  const offered = new Set(input.offered.map(({ name }) => name));
  const missing = input.rows
    .filter((row) => !offered.has(row.name) && row.state !== 'missing')
    .map((row): ToolRow => ({ ...row, state: 'missing' }));
  const quarantined = [...inserted, ...updated].filter(({ state }) => state === 'quarantined');
  return { inserted, updated: [...updated, ...missing], quarantined, missing };
}

function takeOver(row: ToolRow, { digest, definition }: OfferedTool): ToolRow | undefined {
  if (row.state === 'pinned' && row.digest === digest) return undefined;
  const held = { offered_digest: null, offered_definition: null };
  return { ...row, ...held, state: 'pinned', digest, definition: JSON.stringify(definition) };
}

function compare(row: ToolRow, tool: OfferedTool, findings: string): ToolRow | undefined {
  // Equal digests mean that this very definition has never been accepted.
  const isAccepted = row.offered_digest !== row.digest;
  if (tool.digest === row.digest && isAccepted) {
    if (row.state === 'pinned') return undefined;
    const proposal = JSON.stringify(proposeClassification(row.name, parseObject(row.definition)));
    return { ...row, state: 'pinned', offered_digest: null, offered_definition: null, proposal, findings };
  }
  if (row.state === 'quarantined' && row.offered_digest === tool.digest) return undefined;
  const definition = JSON.stringify(tool.definition);
  const held = {
    ...row,
    state: 'quarantined',
    offered_digest: tool.digest,
    offered_definition: definition,
    proposal: JSON.stringify(proposeClassification(row.name, tool.definition)),
    findings,
  } as const;
  return isAccepted ? held : { ...held, digest: tool.digest, definition };
}

function makeRow(
  { upstream, findings, isFirst, isOurs, now }: PlanInput,
  tool: OfferedTool,
): Omit<ToolRow, 'position'> {
  const definition = JSON.stringify(tool.definition);
  const proposal = proposeClassification(tool.name, tool.definition);
  const found = findings.get(tool.name) ?? [];
  // Who adds an upstream vouches for what its tools do, and not for text that nobody would see.
  const isPinned = (isFirst || isOurs) && tool.problem === null && !isHolding(found);
  return {
    upstream,
    name: tool.name,
    digest: tool.digest,
    definition,
    offered_digest: isPinned ? null : tool.digest,
    offered_definition: isPinned ? null : definition,
    state: isPinned ? 'pinned' : 'quarantined',
    effects: JSON.stringify(proposal.effects),
    reversibility: assumeReversibility(proposal.reversibility),
    proposal: JSON.stringify(proposal),
    findings: JSON.stringify(found),
    findings_seen: null,
    data_domain: 'unclassified',
    confirmed: 0,
    amount_pointer: null,
    amount_currency: null,
    argument_roles: null,
    result_labels: null,
    sentence: null,
    pinned_at: now,
  };
}
