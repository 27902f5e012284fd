import { canonicalJson } from '../canonical-json.ts';
import { sha256Text } from '../sha256.ts';
import type { BundleFacts } from './bundle-facts.ts';
import type { BundleFindings } from './bundle-findings.ts';
import type { BundlePolicy, BundleTool } from './bundle-format.ts';

const encoder = new TextEncoder();
/** What is decided again under policies names their version. */
const decisions: ReadonlySet<string> = new Set(['action.decision', 'action.release']);

/**
 * Whether the policies are those that were put in force, and every decision here has those it was made under, as far as a
 * reader of only some of the log is given them. Returns how many are kept from such a reader.
 */
export function checkPolicies(
  policies: readonly BundlePolicy[],
  records: Iterable<BundleFacts>,
  { findings, isScoped }: { readonly findings: BundleFindings; readonly isScoped: boolean },
): number {
  const activated = new Map<string, Set<string>>();
  const decided = new Map<string, string>();
  for (const { id, kind, policyVersion = '', digest } of records) {
    if (policyVersion === '') continue;
    if (decisions.has(kind) && !decided.has(policyVersion)) decided.set(policyVersion, id);
    if (kind !== 'policy.activated' || digest === undefined) continue;
    activated.set(policyVersion, (activated.get(policyVersion) ?? new Set()).add(digest));
  }
  const shown = new Set<string>();
  for (const { version, files } of policies) {
    const known = activated.get(version);
    if (shown.has(version) || !decided.has(version))
      findings.add('policy.unbound', `no decision here needs ${version}, or it is there twice`);
    else if (known === undefined)
      findings.add('policy.unbound', `no record here says that ${version} was put in force`);
    else if (!known.has(digestPolicy({ files })))
      findings.add('policy.changed', `the text is not that of ${version}`);
    shown.add(version);
  }
  const absent = [...decided].filter(([version]) => !shown.has(version));
  if (isScoped) return absent.length;
  for (const [version, id] of absent)
    findings.add('policy.missing', `the text of ${version} is not here`, id);
  return 0;
}

/** SHA-256, base64url, of the canonical files in the order of their names, as the record of their activation has it. */
export function digestPolicy({ files }: Pick<BundlePolicy, 'files'>): string {
  const sorted = files.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return digest(canonicalJson(sorted));
}

/** Whether each definition is one that a call here was classified by. */
export function checkTools(
  tools: readonly BundleTool[],
  records: Iterable<BundleFacts>,
  findings: BundleFindings,
): void {
  const called = new Set<string>();
  for (const { kind, toolDigest } of records)
    if (kind === 'action.intent' && toolDigest !== undefined) called.add(toolDigest);
  const shown = new Set<string>();
  for (const tool of tools) {
    const found = digestTool(tool);
    if (!called.has(found) || shown.has(found))
      findings.add('tool.unbound', `no call here was of ${tool.upstream}/${tool.name} as it is defined here`);
    shown.add(found);
  }
}

/** SHA-256, base64url, as the record of a call has it. */
export function digestTool({ upstream, definition }: Pick<BundleTool, 'upstream' | 'definition'>): string {
  return digest(canonicalJson({ definition, type: 'countersign/tool/v1', upstream }));
}

function digest(text: string): string {
  return sha256Text(encoder.encode(text));
}
