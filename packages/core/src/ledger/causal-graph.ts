/** A record of the ledger, as far as causes are found in it; whatever holds more is one, too. */
export interface CausalRecord {
  readonly id: string;
  readonly kind: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly causes: readonly string[];
  /** True when what it said is gone: then its causes are all that is known of it. */
  readonly erased: boolean;
  /** Its place in the ledger; told records are not put in order by what they say of time. */
  readonly seq?: number;
  readonly action?: string;
  readonly agent?: string;
  readonly task?: string;
  readonly policyVersion?: string;
  readonly toolCall?: string;
  readonly trace?: string;
  readonly drill?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/**
 * How one record led to another. `cause`: the ledger says so. `value`: a value of an argument came out of its result.
 * `prompt`: its words were in the prompt. `model`: a model asked for this call. `policy`: it was decided under it.
 * `trace`, `tool_call`: the agent's own telemetry says so. `context`: it was there to be read in the same task before, and
 * nothing proves that it mattered.
 */
export const CAUSAL_LINKS = [
  'cause',
  'value',
  'prompt',
  'model',
  'policy',
  'tool_call',
  'trace',
  'context',
] as const;
export type CausalLink = (typeof CAUSAL_LINKS)[number];

export interface CausalEdge {
  /** The cause. */
  readonly from: string;
  /** What followed. */
  readonly to: string;
  readonly link: CausalLink;
  /** Which values, for one. Text that others wrote may be in it. */
  readonly detail?: string;
}

export const CAUSAL_GAPS = [
  'missing',
  'erased',
  'no_prompt',
  'prompt_digest_only',
  'model_not_seen',
  'not_asked_for',
  'sources_partial',
  'values_unproven',
  'outcome_unknown',
  'policy_unknown',
  'told_by_others',
  'drill_left_out',
  'not_all_read',
  'not_captured',
  'out_of_scope',
] as const;
export type CausalGapCode = (typeof CAUSAL_GAPS)[number];

/** What is not known, and would have belonged there. */
export interface CausalGap {
  /** The record beside which it is missing. */
  readonly at: string;
  readonly code: CausalGapCode;
  readonly text: string;
}

export interface CausalNode<R extends CausalRecord = CausalRecord> {
  readonly record: R;
  /** Steps from the record that was asked about. */
  readonly distance: number;
  /** It is here by `context` alone. */
  readonly isContext?: true;
}

export interface CausalGraph<R extends CausalRecord = CausalRecord> {
  readonly record: R;
  /** The nearest first, and of those the newest. */
  readonly nodes: readonly CausalNode<R>[];
  readonly edges: readonly CausalEdge[];
  readonly gaps: readonly CausalGap[];
  /** True when there was more than the bounds let in. */
  readonly truncated: boolean;
}

export interface FoundRecords<R extends CausalRecord = CausalRecord> {
  readonly records: readonly R[];
  /** There are others. */
  readonly hasMore: boolean;
}

/** What a record can be joined by to what is told. */
export interface ToldBeside {
  readonly agent?: string;
  readonly toolCall?: string;
  readonly trace?: string;
  /** Of the trace: the one it was begun or called in. */
  readonly caller?: string;
  /** Of the trace: its own. */
  readonly span?: string;
}

/** Where records are found: a ledger, or the records of a bundle. What it cannot know it leaves out. */
export interface CausalSource<R extends CausalRecord = CausalRecord> {
  get(id: string): Promise<R | undefined>;
  /** Those that name it as a cause, at most so many. */
  followers(record: R, most: number): Promise<FoundRecords<R>>;
  /**
   * What is told beside a record, by its agent: what is named exactly before the rest of the trace, so that nobody hides a
   * span behind many. `hasMore` counts these; of what others tell, one is enough to know that they do.
   */
  told?(by: ToldBeside, most: number): Promise<FoundRecords<R>>;
  /** The record with which a version of the policies that was in force then went live. */
  policy?(version: string, then: R): Promise<R | undefined>;
  /** What had come back in the same task before the record, or what was asked for after it. */
  context?(record: R, direction: 'back' | 'on', most: number): Promise<FoundRecords<R>>;
}
