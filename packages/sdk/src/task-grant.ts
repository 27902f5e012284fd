/** One thing that passes without a person being asked. */
export interface GrantEntry {
  readonly id: string;
  /** `upstream/tool` */
  readonly tool: string;
  /** What each argument may hold: one of `values`, or what comes from one of `origins`. */
  readonly arguments: readonly {
    readonly pointer: string;
    readonly role: string;
    readonly values: readonly string[];
    readonly origins: readonly string[];
  }[];
  /** The prompt, an approved amendment, or the person. */
  readonly source: 'prompt' | 'approval' | 'person';
  /** Null: as often as the task calls. */
  readonly usesLeft: number | null;
  /** Epoch milliseconds; null: as long as the plan. */
  readonly expiresAt: number | null;
}

/** What a task may do without a person being asked. */
export interface TaskGrant {
  /** False: nobody said what the task is to do. */
  readonly isGiven: boolean;
  /** The person who signed that the prompt is theirs. */
  readonly confirmedBy: string | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly entries: readonly GrantEntry[];
}

/** A call that has not been made, exactly as it would be. */
export interface IntendedCall {
  readonly upstream: string;
  readonly tool: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** The one question that is before people now. */
export interface AskedAmendment {
  /** `each`: policy asks about every such call, whatever the plan says. `refused`: it is refused, whatever people say. */
  readonly calls: readonly {
    readonly upstream: string;
    readonly tool: string;
    readonly standing: 'covered' | 'asked' | 'each' | 'refused';
  }[];
  readonly approval: {
    readonly id: string;
    /** The page where they decide. */
    readonly link: string;
    /** Two digits that they see there. */
    readonly matchCode: string;
    /** Epoch milliseconds. */
    readonly expiresAt: number;
  };
}
