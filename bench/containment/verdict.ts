/** What became of one call: let out, held for a person, or refused. */
export type Effect = 'allow' | 'ask' | 'deny';

export interface Verdict {
  readonly effect: Effect;
  /** Error code, policies, or what a person was asked for. */
  readonly why: string;
}
