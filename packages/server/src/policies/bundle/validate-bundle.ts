import { setImmediate } from 'node:timers/promises';
import type { SchemaJson, ValidationError } from '@cedar-policy/cedar-wasm/nodejs';
import { type DeclaredTypes, joinSchema } from '../declared/index.ts';
import { useCedar } from '../engine/cedar.ts';
import { nameToolAction } from '../schema/action-names.ts';
import { generateSchema, type SchemaTool } from '../schema/generate-schema.ts';
import { type Complaint, writeComplaint } from './complaint.ts';
import { listNamedActions } from './list-named-actions.ts';
import { complainOf, type ParsedPolicy, translateError } from './parse-bundle.ts';
import { splitTools } from './split-tools.ts';

const POLICIES_AT_ONCE = 200;

/**
 * Validates policies in strict mode against the schema of the tools: errors, and warnings about what can never apply.
 * Many tools and policies are taken in parts, so that calls are served in between.
 */
export async function validateBundle(
  policies: readonly ParsedPolicy[],
  tools: readonly SchemaTool[],
  declared: DeclaredTypes | null = null,
): Promise<readonly Complaint[]> {
  if (policies.length === 0) return [];
  const errors = new Map<string, Complaint>();
  const doubts: Doubts = new Map();
  const named = listNamedActions(policies);
  // An action that a policy names must be known in every part.
  const known = tools.map((tool) => nameToolAction(tool.upstream, tool.name)).filter((id) => named.has(id));
  for (const part of splitTools(policies, tools)) {
    const schema = joinSchema(generateSchema(part.tools, known), declared);
    for (let from = 0; from < part.policies.length; from += POLICIES_AT_ONCE) {
      await setImmediate();
      const some = part.policies.slice(from, from + POLICIES_AT_ONCE);
      const found = validateWith(new Map(some.map((policy) => [policy.id, policy])), schema);
      for (const complaint of found.errors) addError(errors, complaint);
      keepDoubts(doubts, some, found.warnings);
    }
  }
  const doubtful = policies.flatMap(({ id }) => [...(doubts.get(id)?.values() ?? [])]);
  return [...errors.values(), ...keepFirst(doubtful)];
}

/** By policy, what is doubtful of it in every part that it is in. */
type Doubts = Map<string, ReadonlyMap<string, Complaint>>;

/** What can apply in one part is no matter for a warning. */
function keepDoubts(doubts: Doubts, policies: readonly ParsedPolicy[], warnings: readonly Complaint[]): void {
  const byPolicy = new Map<string, Map<string, Complaint>>();
  for (const warning of warnings) {
    const found = byPolicy.get(warning.policyId ?? '') ?? new Map<string, Complaint>();
    byPolicy.set(warning.policyId ?? '', found.set(writeComplaint(warning), warning));
  }
  for (const { id } of policies) {
    const [before, now] = [doubts.get(id), byPolicy.get(id) ?? new Map<string, Complaint>()];
    doubts.set(id, before === undefined ? now : new Map([...before].filter(([text]) => now.has(text))));
  }
}

/** A policy for many actions has the same mistake in each: it is said once. */
function addError(errors: Map<string, Complaint>, complaint: Complaint): void {
  const message = complaint.message.replace(/ in context for \w+::Action::"(?:[^"\\]|\\.)*"/, '');
  const key = writeComplaint({ ...complaint, message });
  const before = errors.get(key);
  const isNew = before === undefined || before.message === complaint.message;
  errors.set(key, isNew ? complaint : { ...complaint, message });
}

/** A policy that nothing can match is also impossible: one warning says enough. */
function keepFirst(warnings: Iterable<Complaint>): readonly Complaint[] {
  const byPolicy = new Map<string, Complaint>();
  for (const warning of warnings) {
    const key = warning.policyId ?? writeComplaint(warning);
    if (!byPolicy.has(key)) byPolicy.set(key, warning);
  }
  return [...byPolicy.values()];
}

interface Part {
  readonly errors: readonly Complaint[];
  readonly warnings: readonly Complaint[];
}

/** What the official engine says of the policies under a schema, in strict mode, in one go. */
export function validateWith(policies: ReadonlyMap<string, ParsedPolicy>, schema: SchemaJson<string>): Part {
  if (policies.size === 0) return { errors: [], warnings: [] };
  const staticPolicies = Object.fromEntries([...policies].map(([id, { source }]) => [id, source.text]));
  const answer = useCedar((cedar) => cedar.validate({ schema, policies: { staticPolicies } }));
  const [first] = policies.values();
  if (answer.type !== 'success') {
    const message = answer.errors.map((error) => error.message).join('; ');
    return { errors: first ? [complainOf(first.source, 0, message)] : [], warnings: [] };
  }
  return {
    errors: answer.validationErrors.flatMap((error) => translate(policies, error, 'error')),
    warnings: answer.validationWarnings.flatMap((error) => translate(policies, error, 'warning')),
  };
}

function translate(
  policies: ReadonlyMap<string, ParsedPolicy>,
  { policyId, error }: ValidationError,
  severity: Complaint['severity'],
): Complaint[] {
  const policy = policies.get(policyId);
  return policy ? [{ ...translateError(policy.source, error), severity, policyId }] : [];
}
