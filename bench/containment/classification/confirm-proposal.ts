import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  ArgumentRole,
  Effect,
  ResultLabels,
  Reversibility,
  Sensitivity,
  Trust,
} from '@countersign/core';

/** What the file of tools says of one that a person can rest on. */
export interface DescribedTool {
  readonly suite: string;
  readonly name: string;
  /** Labelled by hand by whoever prepared the file. */
  readonly effect: 'read' | 'write';
  /** The type it returns, as its source declares it. */
  readonly returns: string | null;
  readonly annotations: { readonly [name: string]: unknown };
}

export interface ProposedTool {
  readonly effects: readonly Effect[];
  readonly reversibility: Reversibility;
  readonly argumentRoles: readonly ArgumentRole[];
  readonly resultLabels: ResultLabels;
}

/** The body of a confirmation. */
export interface ConfirmedTool extends ProposedTool {
  readonly dataDomain: string;
}

interface Change {
  readonly tool: string;
  readonly effects?: readonly Effect[];
  readonly trust?: Trust;
  readonly sensitivity?: Sensitivity;
  readonly fields?: ResultLabels['fields'];
  readonly because: string;
}

const { tools: changes } = JSON.parse(readFileSync(join(import.meta.dirname, 'changes.json'), 'utf8')) as {
  readonly tools: readonly Change[];
};
const changeOf = new Map(changes.map((change) => [change.tool, change]));

/**
 * The proposal as a person confirms it: what is labelled a read does not change anything; what its author says
 * touches nothing outside the system sends nothing out, and can be taken back unless it destroys; what returns a bare text has no members; what returns objects or lists is printed by a library; and the changes listed beside this file.
 */
export function confirmProposal(tool: DescribedTool, proposed: ProposedTool): ConfirmedTool {
  const reads = tool.effect === 'read';
  const leaves = tool.annotations.openWorldHint === true && !reads;
  const onlyAdds = tool.annotations.destructiveHint === false && !leaves;
  const sendsAddress = reads && proposed.argumentRoles.some(({ role }) => role === 'destination');
  const changing = proposed.effects.filter((effect) => effect !== 'read' && effect !== 'egress');
  const base: readonly Effect[] = reads ? ['read'] : changing;
  return {
    effects: changeOf.get(tool.name)?.effects ?? (leaves || sendsAddress ? [...base, 'egress'] : base),
    reversibility: reads || onlyAdds ? 'reversible' : proposed.reversibility,
    dataDomain: tool.suite,
    argumentRoles: proposed.argumentRoles,
    resultLabels: confirmResult(tool, proposed.resultLabels),
  };
}

function confirmResult(tool: DescribedTool, proposed: ResultLabels): ResultLabels {
  const change = changeOf.get(tool.name);
  const isBare = !/list|dict|types\.|client\./.test(tool.returns ?? '');
  const fields = change?.fields ?? (isBare ? [] : proposed.fields);
  return {
    ...proposed,
    trust: change?.trust ?? proposed.trust,
    sensitivity: change?.sensitivity ?? proposed.sensitivity,
    fields,
    ...(isBare ? {} : { serialised: true }),
  };
}
