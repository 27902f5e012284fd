import {
  classifyFromAnnotations,
  type Effect,
  isEffect,
  isReversibility,
  type JsonObject,
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
}

/** Kept with the tool, so that a person sees the very proposal that held while nobody had confirmed it. */
export function proposeClassification(name: string, definition: JsonObject): ToolProposal {
  const { effects, reversibility, dataDomain, because } = classifyFromAnnotations({ ...definition, name });
  return { effects, reversibility, dataDomain, because };
}

/** Of the definition that waits for a person, or else of the one in force. */
export function readProposal(row: ToolRow): ToolProposal {
  const stored = row.proposal === null ? undefined : parseObject(row.proposal);
  if (stored === undefined)
    return proposeClassification(row.name, parseObject(row.offered_definition ?? row.definition));
  const { effects, reversibility, dataDomain, because } = stored;
  return {
    effects: Array.isArray(effects) ? effects.filter(isEffect) : [],
    reversibility: isReversibility(reversibility) ? reversibility : 'unknown',
    dataDomain: typeof dataDomain === 'string' ? dataDomain : null,
    because: isList(because) ? because : [],
  };
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
