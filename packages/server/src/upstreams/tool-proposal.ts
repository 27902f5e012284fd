import {
  type ArgumentRole,
  classifyFromAnnotations,
  type Effect,
  isEffect,
  isReversibility,
  type JsonObject,
  proposeArgumentRoles,
  proposeResultLabels,
  type ResultLabels,
  type Reversibility,
} from '@countersign/core';
import type { ToolRow } from './live-upstream.ts';
import { parseObject } from './pinned-tool.ts';

/** What is proposed of a tool, for a person to confirm or to change: the upstream wrote what it rests on. */
export interface ToolProposal {
  readonly effects: readonly Effect[];
  readonly reversibility: Reversibility;
  readonly dataDomain: string | null;
  readonly because: readonly string[];
  readonly argumentRoles: readonly ArgumentRole[];
  readonly resultLabels: ResultLabels;
}

/** Kept with the tool, so that a person sees the very proposal that held while nobody had confirmed it. */
export function proposeClassification(name: string, definition: JsonObject): ToolProposal {
  const tool = { ...definition, name };
  const { effects, reversibility, dataDomain, because } = classifyFromAnnotations(tool);
  const argumentRoles = proposeArgumentRoles(tool);
  return {
    effects,
    reversibility,
    dataDomain,
    because,
    argumentRoles,
    resultLabels: proposeResultLabels(tool),
  };
}

/** Of the definition that waits for a person, or else of the one in force. */
export function readProposal(row: ToolRow): ToolProposal {
  const stored = row.proposal === null ? undefined : parseObject(row.proposal);
  const propose = () =>
    proposeClassification(row.name, parseObject(row.offered_definition ?? row.definition));
  if (stored === undefined) return propose();
  // A proposal that is older than some of its members lacks them.
  const { argumentRoles, resultLabels } =
    'resultLabels' in stored ? (stored as unknown as ToolProposal) : propose();
  const { effects, reversibility, dataDomain, because } = stored;
  return {
    effects: Array.isArray(effects) ? effects.filter(isEffect) : [],
    reversibility: isReversibility(reversibility) ? reversibility : 'unknown',
    dataDomain: typeof dataDomain === 'string' ? dataDomain : null,
    because: isList(because) ? because : [],
    argumentRoles,
    resultLabels,
  };
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
