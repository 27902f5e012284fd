import type { ActionType, SchemaJson, Type, TypeOfAttribute } from '@cedar-policy/cedar-wasm/nodejs';
import type { JsonObject } from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';
import { useCedar } from '../engine/cedar.ts';
import {
  CALL_GROUP,
  type GroupedTool,
  listCallGroups,
  listKindGroups,
  listPlainGroups,
  listToolGroups,
  NAMESPACE,
  nameToolAction,
  PLAIN_OPERATIONS,
  type ResourceType,
} from './action-names.ts';
import { type ArgumentType, type RecordType, readArgumentType } from './argument-type.ts';

/** What the schema needs to know of a pinned tool. */
export interface SchemaTool extends GroupedTool {
  readonly upstream: string;
  readonly name: string;
  readonly definition: JsonObject;
}

type Attributes = Readonly<Record<string, TypeOfAttribute<string>>>;

const text: Type<string> = { type: 'String' };
const long: Type<string> = { type: 'Long' };
const texts: Type<string> = { type: 'Set', element: text };
const person: Type<string> = { type: 'Entity', name: 'Person' };
const upstream: Type<string> = { type: 'Entity', name: 'Upstream' };

const spend = record({ minor: long, currency: text });
/** What was done in the task before this action; tools as `<upstream>/<tool>`. */
const facts = record({
  upstreamsCalled: texts,
  toolsCalled: texts,
  dataDomainsRead: texts,
  effectsDone: texts,
  denials: long,
});
/** Of everything read in the task: 0 for public up to 3 for secret; without an audience anyone may see it. */
const labels = record({ trust: text, sensitivity: long, audience: { ...texts, required: false } });
const task = record({
  id: text,
  purpose: text,
  ageSeconds: long,
  calls: long,
  spendMinor: long,
  rows: long,
  bytes: long,
  facts: { type: 'EntityOrCommon', name: 'Facts' },
  labels: { type: 'EntityOrCommon', name: 'Labels' },
});
/** Where the arguments of one role came from; `worst` is the worst of `origins`. */
const provenance = record({ worst: text, origins: texts });
const origin: TypeOfAttribute<string> = { type: 'EntityOrCommon', name: 'Provenance', required: false };
/** A role that no argument of the call has is absent. */
const roles = record({ destination: origin, amount: origin, target: origin, content: origin });
/** Since midnight UTC; money in the currency of the call at hand. */
const today = record({ agentCalls: long, agentSpendMinor: long, ownerSpendMinor: long });
/** A call that is judged before there is a token has a new one. */
const token = record({ binding: text, ageSeconds: long });
/**
 * How the call stands to the plan of the task. `state`: "none" (nobody said what is to be done), "covered", "differs" (the
 * tool is called for, an argument is not) or "outside" (nothing calls for it).
 */
const plan = record({ state: text, confirmed: { type: 'Boolean' } });
const agent: Type<string> = { type: 'Entity', name: 'Agent' };
/** One delegation of the chain. `upstreams` and `dataDomains` hold "*" where they are all; an amount that is not counted is absent. */
const link = record({
  id: text,
  purpose: text,
  agent,
  upstreams: texts,
  dataDomains: texts,
  effects: texts,
  environments: texts,
  calls: { ...long, required: false },
  spendMinor: { ...long, required: false },
  depth: long,
  ageSeconds: long,
});
const chain = record({
  length: long,
  root: person,
  links: texts,
  agents: { type: 'Set', element: agent },
  owners: { type: 'Set', element: person },
  purposes: texts,
  giver: { ...agent, required: false },
  first: { type: 'EntityOrCommon', name: 'Link' },
  last: { type: 'EntityOrCommon', name: 'Link' },
});

/** Everything in a request's context beside the arguments. */
const context: Attributes = {
  unmapped: texts,
  effects: texts,
  reversibility: text,
  dataDomain: text,
  environment: text,
  confirmed: { type: 'Boolean' },
  egress: { type: 'Boolean' },
  audience: text,
  spend: { type: 'EntityOrCommon', name: 'Spend', required: false },
  provenance: { type: 'EntityOrCommon', name: 'Roles' },
  risk: text,
  task: { type: 'EntityOrCommon', name: 'Task' },
  chain: { type: 'EntityOrCommon', name: 'Chain' },
  today: { type: 'EntityOrCommon', name: 'Today' },
  token: { type: 'EntityOrCommon', name: 'Token' },
  plan: { type: 'EntityOrCommon', name: 'Plan' },
  /** Absent where no model has answered in the task, or nobody can tell. */
  predicted: { type: 'Boolean', required: false },
  time: { type: 'Extension', name: 'datetime' },
};

/**
 * The schema under which policies are checked: one action for each tool, with its arguments typed. `named` are actions
 * that policies name and that nothing can do any more.
 */
export function generateSchema(
  tools: Iterable<SchemaTool>,
  named: Iterable<string> = [],
): SchemaJson<string> {
  const actions: [string, ActionType<string>][] = [[CALL_GROUP, {}]];
  for (const group of listCallGroups()) actions.push([group, { memberOf: [{ id: CALL_GROUP }] }]);
  for (const group of listKindGroups()) actions.push([group, {}]);
  for (const [operation, type] of PLAIN_OPERATIONS)
    actions.push([operation, describeAction(listPlainGroups(operation), type)]);
  for (const tool of tools) {
    const action = describeAction(listToolGroups(tool), 'Tool', readArgumentType(tool.definition));
    actions.push([nameToolAction(tool.upstream, tool.name), action]);
  }
  const known = new Set(actions.map(([id]) => id));
  for (const id of named) if (!known.has(id)) actions.push([id, {}]);
  return {
    [NAMESPACE]: {
      commonTypes: {
        Spend: spend,
        Facts: facts,
        Labels: labels,
        Provenance: provenance,
        Roles: roles,
        Task: task,
        Link: link,
        Chain: chain,
        Today: today,
        Token: token,
        Plan: plan,
      },
      entityTypes: {
        Person: { shape: record({ roles: texts, risk: text }) },
        Group: {},
        // An agent is in those through which it got its authority, and in the groups of all of them.
        Agent: {
          memberOfTypes: ['Agent', 'Group'],
          shape: record({ owner: person, name: text, purpose: text, environment: text, groups: texts }),
        },
        Upstream: { shape: record({ environment: text, kind: text }) },
        DataDomain: {},
        Tool: { memberOfTypes: ['Upstream', 'DataDomain'], shape: record({ name: text, upstream }) },
        Resource: { memberOfTypes: ['Upstream', 'DataDomain'], shape: record({ uri: text, upstream }) },
        Prompt: { memberOfTypes: ['Upstream', 'DataDomain'], shape: record({ name: text, upstream }) },
        Model: { memberOfTypes: ['Upstream', 'DataDomain'], shape: record({ name: text, upstream }) },
      },
      // Tool names are an upstream's words: as own members, whatever they are.
      actions: Object.fromEntries(actions),
    },
  };
}

/** SHA-256 of the schema, base64url: which tools, as they were, a bundle was validated with. */
export function digestSchema(tools: Iterable<SchemaTool>): string {
  return sha256(JSON.stringify(generateSchema(tools)));
}

/** The schema as people read it. */
export function writeSchema(tools: Iterable<SchemaTool>): string {
  const answer = useCedar((cedar) => cedar.schemaToText(generateSchema(tools)));
  if (answer.type !== 'success') throw new Error('the generated schema cannot be written', { cause: answer });
  return answer.text;
}

function describeAction(
  groups: readonly string[],
  type: ResourceType,
  args?: RecordType,
): ActionType<string> {
  return {
    memberOf: groups.map((id) => ({ id })),
    appliesTo: {
      principalTypes: ['Agent'],
      resourceTypes: [type],
      context: record({ ...context, args: args === undefined ? record({}) : describeType(args) }),
    },
  };
}

function describeType(type: ArgumentType): Type<string> {
  switch (type.kind) {
    case 'string':
      return text;
    case 'long':
      return long;
    case 'boolean':
      return { type: 'Boolean' };
    case 'decimal':
      return { type: 'Extension', name: 'decimal' };
    case 'set':
      return { type: 'Set', element: describeType(type.element) };
    case 'record': {
      const members = [...type.members].map(
        ([name, member]) => [name, { ...describeType(member.type), required: member.required }] as const,
      );
      return record(Object.fromEntries(members));
    }
  }
}

function record(attributes: Attributes): Type<string> {
  return { type: 'Record', attributes: { ...attributes } };
}
