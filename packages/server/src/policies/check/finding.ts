import { complainOf, type ParsedPolicy } from '../bundle/parse-bundle.ts';

/** What a check can find; docs/policy-findings.md has one section for each. */
export const findingCodes = [
  'policy/invalid',
  'policy/impossible',
  'policy/dead',
  'policy/shadowed',
  'policy/redundant',
  'policy/cancelled',
  'policy/over-broad',
  'policy/never-matching',
  'policy/unknown-name',
  'policy/step-up-impossible',
  'policy/not-analysed',
] as const;

export type FindingCode = (typeof findingCodes)[number];

/** What is wrong or doubtful in a bundle, and where. Lines and columns count from 1; columns are UTF-16 units. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning' | 'note';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly policyId: string | null;
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}

export type FindingText = Pick<Finding, 'code' | 'severity' | 'message' | 'advice'>;

/** About one policy, at its `permit` or `forbid`. */
export function findingAbout(policy: ParsedPolicy, text: FindingText): Finding {
  const { file, line, column } = complainOf(policy.source, findEffect(policy), '');
  return { ...text, file, line, column, policyId: policy.id };
}

const skipped = /@\w+\s*(?:\(\s*"[^"\\]*(?:\\[\s\S][^"\\]*)*"\s*\))?|\/\/[^\n]*|\s+/y;

/** The offset of a policy's effect, after its annotations. */
function findEffect({ source: { text } }: ParsedPolicy): number {
  let at = 0;
  for (;;) {
    skipped.lastIndex = at;
    if (!skipped.test(text)) return at;
    at = skipped.lastIndex;
  }
}

export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    return a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1);
  });
}
