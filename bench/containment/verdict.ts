/** What became of one call: let out, held for a person, or refused. */
export type Effect = 'allow' | 'ask' | 'deny';

export interface Verdict {
  readonly effect: Effect;
  /** What it came to once people had said yes to all that was asked. */
  readonly final: 'allow' | 'deny';
  /** Error code, or what was wrong with the call. */
  readonly why: string;
  /** The approval or the record that says which policies did it, and where the values came from; null when it was let out. */
  readonly evidence: string | null;
}
