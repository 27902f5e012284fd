import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import { sortFiles } from '../bundle/bundle-input.ts';
import type { Complaint, PolicyFile } from '../bundle/complaint.ts';
import { type ParsedPolicy, parseBundle } from '../bundle/parse-bundle.ts';
import { validateWith } from '../bundle/validate-bundle.ts';
import { joinSchema, readDeclaredTypes } from '../declared/index.ts';
import { findIdle } from './find-idle.ts';
import { findOverBroad } from './find-over-broad.ts';
import { findUnknownNames } from './find-unknown-names.ts';
import { type Finding, sortFindings } from './finding.ts';
import { type KnownNames, readSchemaNames } from './known-names.ts';
import { readPolicyNeeds } from './policy-needs.ts';

export interface BundleCheck {
  /** Ids of the policies that could be read. */
  readonly policies: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Everything that can be said of a bundle without a request: what the official engine says of its types, and what is
 * proven from it about policies that change nothing or go too far. Policies with errors are not looked at further.
 */
export function checkBundle(
  files: readonly PolicyFile[],
  schema: SchemaJson<string>,
  known: KnownNames = {},
): BundleCheck {
  const { policies, complaints } = parseBundle(sortFiles(files));
  const { declared, complaints: mistyped } = readDeclaredTypes(files);
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const { errors, warnings } = validateWith(byId, joinSchema(schema, declared));
  const wrong = new Set(errors.map((error) => error.policyId));
  const sound = policies.filter((policy) => !wrong.has(policy.id));
  const names = readSchemaNames(schema, known);
  const own = [
    ...findIdle(names, sound.map(readPolicyNeeds)),
    ...findUnknownNames(names, sound),
    ...findOverBroad(names, sound),
  ];
  const explained = new Set(own.map((finding) => finding.policyId));
  const impossible = new Map(
    warnings
      .filter(({ policyId }) => policyId === undefined || !explained.has(policyId))
      .toReversed()
      .map((warning) => [warning.policyId, warning]),
  );
  const findings = [
    ...[...complaints, ...mistyped, ...errors].map(describeError),
    ...[...impossible.values()].map((warning) => describeImpossible(warning, byId)),
    ...own,
  ];
  return { policies: policies.map((policy) => policy.id), findings: sortFindings(findings) };
}

function describeError(complaint: Complaint): Finding {
  const advice = 'correct it: a bundle with an error never goes live';
  return describeComplaint(complaint, { code: 'policy/invalid', severity: 'error', advice });
}

function describeComplaint(
  { file, line, column, message, policyId }: Complaint,
  about: Pick<Finding, 'code' | 'severity' | 'advice'>,
): Finding {
  return { ...about, file, line, column, policyId: policyId ?? null, message };
}

/** A policy about a group of actions may wait for its first member; one that names a thing has a mistake in it. */
function describeImpossible(warning: Complaint, policies: ReadonlyMap<string, ParsedPolicy>): Finding {
  const action = policies.get(warning.policyId ?? '')?.json.action;
  const severity = action?.op === 'in' ? 'note' : 'warning';
  const advice =
    'with the tools that are there now it cannot apply: correct it, or keep it for tools to come';
  return describeComplaint(warning, { code: 'policy/impossible', severity, advice });
}
