import {
  type ArgumentRole,
  type Effect,
  isEffect,
  isJsonObject,
  type ResultLabels,
  type Reversibility,
  type ToolFinding,
} from '@countersign/core';
import type { ToolRow, UpstreamRow, UpstreamSettings } from './live-upstream.ts';
import { parseObject } from './pinned-tool.ts';
import { digestFindings, readFindings } from './scan/tool-findings.ts';
import { readArgumentRoles, readResultLabels } from './tool-labels.ts';
import { readProposal, type ToolProposal } from './tool-proposal.ts';

export interface UpstreamView {
  readonly name: string;
  readonly kind: UpstreamRow['kind'];
  readonly environment: string;
  /** Secrets appear as the references they are kept as. */
  readonly settings: UpstreamSettings;
  readonly createdAt: number;
}

export interface ToolView {
  readonly upstream: string;
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly state: ToolRow['state'];
  /** Of the definition in force; a new tool has none, so it is the offered one. */
  readonly digest: string;
  /** Of the definition that waits for a person. */
  readonly offeredDigest: string | null;
  readonly effects: readonly Effect[];
  readonly dataDomain: string;
  readonly reversibility: Reversibility;
  /** Whether a person has confirmed effects, reversibility and data domain. */
  readonly confirmed: boolean;
  readonly amountPointer: string | null;
  readonly amountCurrency: string | null;
  readonly argumentRoles: readonly ArgumentRole[];
  readonly resultLabels: ResultLabels;
  /** What is said of its calls where a person is asked. */
  readonly sentence: string | null;
  /** What its words and hints suggest, and why; worth nothing until a person confirms it. */
  readonly proposal: ToolProposal;
  /** What the scan found in the definition a person has to judge next, or else in the one in force. */
  readonly findings: readonly ToolFinding[];
  /** Whoever accepts the tool says by this which findings they saw; null when there are none. */
  readonly findingsDigest: string | null;
  /** Whether a person has accepted the tool with these findings. */
  readonly findingsSeen: boolean;
  readonly pinnedAt: number;
}

export function showUpstream(row: UpstreamRow): UpstreamView {
  const settings: UpstreamSettings = parseObject(row.settings);
  return {
    name: row.name,
    kind: row.kind,
    environment: row.environment,
    settings,
    createdAt: row.created_at,
  };
}

export function showTool(row: ToolRow): ToolView {
  const definition = parseObject(row.definition);
  const annotations = isJsonObject(definition.annotations) ? definition.annotations : {};
  const effects: unknown = JSON.parse(row.effects);
  const findings = readFindings(row);
  const findingsDigest = digestFindings(findings);
  return {
    upstream: row.upstream,
    name: row.name,
    title: readText(definition.title) ?? readText(annotations.title),
    description: readText(definition.description),
    state: row.state,
    digest: row.digest,
    offeredDigest: row.offered_digest,
    effects: Array.isArray(effects) ? effects.filter(isEffect) : [],
    dataDomain: row.data_domain,
    reversibility: row.reversibility,
    confirmed: row.confirmed === 1,
    amountPointer: row.amount_pointer,
    amountCurrency: row.amount_currency,
    argumentRoles: readArgumentRoles(row, definition),
    resultLabels: readResultLabels(row),
    sentence: row.confirmed === 1 ? row.sentence : null,
    proposal: readProposal(row),
    findings,
    findingsDigest,
    findingsSeen: findingsDigest !== null && row.findings_seen === findingsDigest,
    pinnedAt: row.pinned_at,
  };
}

function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
