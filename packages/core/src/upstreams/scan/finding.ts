export const FINDING_KINDS = [
  'hidden_text',
  'out_of_sight',
  'encoded_text',
  'over_long',
  'instruction',
  'preference',
  'session_asked',
  'other_tool',
  'look_alike',
  'collision',
  'claimed_twice',
  'behaviour_changed',
  'schema_changed',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** `quarantine`: not callable until a person accepts it. `warn`: shown to whoever reviews it. */
export const FINDING_GRADES = ['quarantine', 'warn'] as const;
export type FindingGrade = (typeof FINDING_GRADES)[number];

/** Something about a tool's definition that a person should know before an agent reads it. */
export interface ToolFinding {
  readonly kind: FindingKind;
  readonly grade: FindingGrade;
  /** JSON pointer into the definition; empty for the definition as a whole. */
  readonly path: string;
  /** May quote a bounded part of the definition, which is hostile: to be shown by its code points. */
  readonly because: string;
  /** The tool it concerns as well, as `<upstream>/<tool>`. */
  readonly other?: string;
}

export function isHolding(findings: readonly ToolFinding[]): boolean {
  return findings.some(({ grade }) => grade === 'quarantine');
}
