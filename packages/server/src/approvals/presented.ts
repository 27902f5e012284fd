import type { Effect } from '@countersign/core';

/** A piece of the sentence that says what the agent wants; strong pieces are values of the action itself. */
export interface SentencePart {
  readonly text: string;
  readonly strong: boolean;
}

export interface ChainStep {
  readonly delegationId: string;
  readonly from: string;
  readonly to: string;
  /** What the giver said it is for. */
  readonly purpose?: string;
  /** What it gives less of than the step before, in sentences. */
  readonly dropped?: readonly string[];
}

/** What the page shows beside the signed action, fixed when the request was made. */
export interface Presented {
  readonly sentence: readonly SentencePart[];
  readonly agentName: string;
  readonly ownerName: string;
  readonly requesterId: string;
  readonly requesterName: string;
  readonly environment: string;
  readonly operation: string;
  readonly effects: readonly Effect[];
  readonly dataDomain: string;
  /** At most three, what is unusual, each true as it stands. */
  readonly chips: readonly string[];
  readonly consequence: string;
  /** The agent's own words: never verified. */
  readonly task: {
    readonly purpose: string;
    readonly prompt: string | null;
    readonly openedAt: number;
    readonly expiresAt: number;
  };
  readonly chain: readonly ChainStep[];
  readonly policyIds: readonly string[];
  readonly matchCode: string;
  /** Of what was asked ahead: whom the agent named, and its own words, never verified. */
  readonly askedName: string | null;
  readonly message: string | null;
}
