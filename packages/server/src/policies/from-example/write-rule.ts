import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyFile } from '../bundle/complaint.ts';
import { parseBundle } from '../bundle/parse-bundle.ts';
import { nameAction, nameEntity, nameResource } from '../decide/entity-names.ts';
import { writeExpression, writePolicy } from '../explain/cedar-text.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { readArgumentType } from '../schema/argument-type.ts';
import { type Bound, boundArguments, joinAll } from './bound-arguments.ts';

export interface ExampleRule {
  readonly file: PolicyFile;
  readonly policyId: string;
  readonly bounds: readonly Bound[];
}

export interface RuleWish {
  /** The decision that it is made from. */
  readonly record: string;
  /** Who it is for: the agent, or one of its groups. */
  readonly group: string | null;
  /** False: whatever the arguments are. */
  readonly isBounded: boolean;
}

/**
 * A permit that covers the call: for this agent or its group, this tool, and arguments within bounds. No value is pasted
 * into text: the official engine writes each part, and what it is read back as must be what was meant.
 */
export function writeRule(request: DecisionRequest, wish: RuleWish): ExampleRule {
  const { tool } = request;
  const bounds =
    tool === null || !wish.isBounded
      ? []
      : boundArguments(
          readArgumentType(tool.definition),
          tool.definition.inputSchema ?? null,
          request.arguments,
        );
  const name = `from-example-${wish.record.slice(-12).toLowerCase()}`;
  const json = describeRule(request, wish, bounds);
  const text = layOut(request, wish, { name, json, bounds });
  const file = { name: `${name}.cedar`, text };
  requireSame(file, json);
  return { file, bounds, policyId: `${name}:${name}` };
}

function describeRule(request: DecisionRequest, { group }: RuleWish, bounds: readonly Bound[]): PolicyJson {
  const conditions = listConditions(bounds);
  const resource = nameResource(request);
  const agent = nameEntity('Agent', request.agent.id);
  const principal =
    group === null
      ? { op: '==' as const, entity: readName(agent) }
      : { op: 'in' as const, entity: readName(nameEntity('Group', group)) };
  return {
    effect: 'permit',
    principal,
    action: { op: '==', entity: readName(nameAction(request)) },
    // A tool's action has no other resource than the tool.
    resource:
      request.tool !== null || resource === undefined
        ? { op: 'All' }
        : { op: '==', entity: readName(resource) },
    conditions: conditions.length === 0 ? [] : [{ kind: 'when', body: joinAll(conditions) as Expr }],
  };
}

function listConditions(bounds: readonly Bound[]) {
  return bounds.flatMap(({ condition }) => (condition === null ? [] : [condition]));
}

interface Rule {
  readonly name: string;
  readonly json: PolicyJson;
  readonly bounds: readonly Bound[];
}

function layOut(request: DecisionRequest, wish: RuleWish, { name, json, bounds }: Rule): string {
  const { agent, tool, operation } = request;
  const say = (type: string, id: string) =>
    writeExpression({ Value: { __entity: readName(nameEntity(type, id)) } });
  const action = writeExpression({ Value: { __entity: readName(nameAction(request)) } });
  const resource = nameResource(request);
  const groups = agent.groups.map((group) => `principal in ${say('Group', group)}`);
  const isSpecific = json.resource.op === '==' && resource !== undefined;
  return [
    `// From ${wish.record}: what ${quote(agent.name)} asked of ${quote(tool?.name ?? operation)}.`,
    '// It opens this and no more. A forbid that stands against it still wins.',
    `@id("${name}")`,
    'permit (',
    wish.group === null
      ? `  // This agent alone.${groups.length > 0 ? ` To widen: ${quote(groups.join(' or '))}` : ''}`
      : `  // Everyone in the group, and whoever they pass authority on to. To narrow: ${quote(`principal == ${say('Agent', agent.id)}`)}`,
    wish.group === null
      ? `  principal == ${say('Agent', agent.id)},`
      : `  principal in ${say('Group', wish.group)},`,
    `  action == ${action},`,
    isSpecific
      ? `  resource == ${writeExpression({ Value: { __entity: readName(resource) } })}`
      : '  resource',
    `)${listConditions(bounds).length === 0 ? ';' : ''}`,
    ...layOutBounds(bounds),
    '',
  ].join('\n');
}

function layOutBounds(bounds: readonly Bound[]): readonly string[] {
  const last = bounds.findLastIndex(({ condition }) => condition !== null);
  if (last < 0) return bounds.map(comment);
  const lines = bounds.flatMap((bound, index) => {
    if (bound.condition === null) return [`  ${comment(bound)}`];
    return [`  ${comment(bound)}`, `  (${writeExpression(bound.condition)})${index < last ? ' &&' : ''}`];
  });
  return ['when {', ...lines, '};'];
}

function comment({ path, why, widen }: Bound): string {
  return `// ${quote(path)} ${why}. To widen: ${widen}.`;
}

/** Names are an upstream's or a person's words: one line of visible characters, so that a comment stays one. */
function quote(text: string): string {
  const spell = (character: string): string =>
    [...character].map((one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`).join('');
  return JSON.stringify(text.slice(0, 300)).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu, spell);
}

function readName({ type, id }: { readonly type: string; readonly id: string }) {
  return { type, id };
}

/** The last word against a value that got out of its quotes: one policy, and the very one that was meant. */
function requireSame(file: PolicyFile, meant: PolicyJson): void {
  const read = parseBundle([file]);
  const written = parseBundle([{ name: file.name, text: writePolicy(meant) }]);
  const [policy, ...others] = read.policies;
  const [wanted] = written.policies;
  const strip = (json: PolicyJson | undefined) => JSON.stringify({ ...json, annotations: {} });
  if (read.complaints.length > 0 || others.length > 0 || strip(policy?.json) !== strip(wanted?.json))
    throw new Error('the rule would not be read as it was meant', { cause: read.complaints });
}
