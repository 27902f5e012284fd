import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import { AppError } from '@countersign/api';
import type { Actor } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { PolicyContext } from '../activate-bundle.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import { joinSchema } from '../declared/index.ts';
import { recordRefusedBundle } from '../record-refused-bundle.ts';
import { generateSchema, type SchemaTool } from '../schema/generate-schema.ts';
import { crossCheck, type Disagreement } from './cross-check.ts';

// What was once checked need not be checked again by the same program: the requests would be the same.
const agreed = new Set<string>();
const MOST_REMEMBERED = 200;

type Checked = Pick<LiveBundle, 'digest' | 'policies' | 'declared' | 'compiled'>;

/**
 * Refuses a bundle that the compiled policies and the official engine do not decide alike, and records it. Throws
 * `policy.engines_disagree`.
 */
export async function requireAgreement(
  context: PolicyContext,
  actor: Actor,
  bundle: Checked,
  tools: readonly SchemaTool[],
): Promise<void> {
  const disagreements = await findDisagreements(bundle, tools);
  if (disagreements.length === 0) return;
  await recordRefusedBundle(context, actor, {
    digest: bundle.digest,
    disagreements: describeDisagreements(disagreements),
  });
  throw new AppError('policy.engines_disagree', { detail: writeDisagreement(disagreements[0]) });
}

/** Empty when the engines agree on the bundle. */
export async function findDisagreements(
  { digest, policies, declared, compiled }: Checked,
  tools: readonly SchemaTool[],
): Promise<readonly Disagreement[]> {
  const schema = joinSchema(generateSchema(tools), declared);
  const key = nameCheck(digest, schema);
  if (agreed.has(key)) return [];
  const { disagreements } = await crossCheck({ digest, policies, compiled }, schema);
  if (disagreements.length > 0) return disagreements;
  if (agreed.size >= MOST_REMEMBERED) agreed.clear();
  agreed.add(key);
  return disagreements;
}

/** For a bundle that comes with this program, whose tests have put the very same requests to both engines. */
export function trustShipped(digest: string): void {
  agreed.add(nameCheck(digest, generateSchema([])));
}

function nameCheck(digest: string, schema: SchemaJson<string>): string {
  return `${digest} ${sha256(JSON.stringify(schema))}`;
}

/** As a record holds it: which policies, and whom and what the request named. */
export function describeDisagreements(all: readonly Disagreement[]): Record<string, string>[] {
  return all.slice(0, 5).map((one) => ({
    principal: one.principal,
    action: one.action,
    resource: one.resource,
    policies: listDisputed(one).slice(0, 20).join(' '),
  }));
}

function writeDisagreement(one: Disagreement | undefined): string {
  if (one === undefined) return '';
  return `policies ${listDisputed(one).slice(0, 5).join(', ')} on ${one.action}`.slice(0, 500);
}

/** The policies that one engine found satisfied or erring and the other did not. */
function listDisputed({ official, compiled }: Disagreement): readonly string[] {
  if (typeof official === 'string' || typeof compiled === 'string') return ['(the request itself)'];
  const disputed = (one: readonly string[], other: readonly string[]): readonly string[] => [
    ...one.filter((id) => !other.includes(id)),
    ...other.filter((id) => !one.includes(id)),
  ];
  return [
    ...new Set([
      ...disputed(official.satisfied, compiled.satisfied),
      ...disputed(official.erring, compiled.erring),
    ]),
  ].sort();
}
