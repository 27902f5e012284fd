import type { RetentionClass } from '@countersign/api';

/** A record on its way out, as the settings of the sink let it go. */
export interface SinkRecord {
  readonly seq: number;
  /** What a receiver tells repetitions by. */
  readonly id: string;
  readonly kind: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly causes: readonly string[];
  readonly class: RetentionClass;
  /** Only what is public in the tree is left of it. */
  readonly erased: boolean;
  /** What it said cannot be read though nobody erased it: somebody has changed the data. */
  readonly damaged?: true;
  /** The body has facts alone: what was said stayed in the house. */
  readonly withheld: boolean;
  readonly action?: string;
  readonly agent?: string;
  readonly agents?: readonly string[];
  readonly key?: string;
  readonly task?: string;
  /** The human for whom it was done, or who did it. */
  readonly person?: string;
  readonly chain?: readonly string[];
  readonly approval?: string;
  readonly policyVersion?: string;
  readonly upstream?: string;
  readonly tool?: string;
  readonly toolCall?: string;
  readonly session?: string;
  readonly trace?: string;
  readonly drill?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface SinkBatch {
  /** The part of the ledger that was looked at, from the first `seq` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  /** Those of it that the settings choose, in the order of the ledger. */
  readonly records: readonly SinkRecord[];
  /** An attempt at these was made before and may have worked, as a whole or in part. */
  readonly isRepeat: boolean;
  /** Epoch milliseconds of this attempt. */
  readonly at: number;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}

/** `why` is ours, never what the other side wrote. */
export type SinkOutcome =
  | { readonly outcome: 'delivered' }
  /** Worth trying again as it is, not before `retryAfterMilliseconds` where the other side said so. */
  | { readonly outcome: 'failed'; readonly why: string; readonly retryAfterMilliseconds?: number }
  /** Refused for what is in it: smaller batches find the record that is not wanted. */
  | { readonly outcome: 'refused'; readonly why: string };

export type SinkKind = 'ocsf' | 'otlp' | 'syslog' | 's3-tiles' | 'json-lines';

/**
 * Keeps evidence somewhere else. Delivers at least once: whatever it says is delivered is safe there, and what is sent
 * again bears the same id. Nothing that comes back from it changes anything but how far it has come.
 */
export interface LedgerSink {
  /** As the configuration names it. */
  readonly name: string;
  readonly kind: SinkKind;
  readonly batches: {
    /** Most records looked at for one. */
    readonly records: number;
    /** Ends at multiples of `records`, unless the oldest has waited; and is delivered though none in it was chosen. */
    readonly isWhole: boolean;
    /** How long a batch that is not full may wait for more. */
    readonly waitMilliseconds: number;
  };
  /** Never throws for what the other side does, and reads no more of its answer than it needs. One call at a time. */
  deliver(batch: SinkBatch): Promise<SinkOutcome>;
  /** Sees whether the other side can be reached and would take something, and leaves no evidence behind that is none. */
  test(batch: SinkBatch): Promise<SinkOutcome>;
  close(): Promise<void>;
}
