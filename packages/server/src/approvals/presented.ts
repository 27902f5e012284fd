import type { Effect, SentencePart, Tier } from '@countersign/core';

export type { SentencePart } from '@countersign/core';

export interface ChainStep {
  readonly delegationId: string;
  readonly from: string;
  readonly to: string;
  /** What the giver said it is for. */
  readonly purpose?: string;
  /** What it gives less of than the step before, in sentences. */
  readonly dropped?: readonly string[];
}

/** `flow` and `model` led to the call, by the ledger; a `gap` is what nobody can know of it. */
export const CAUSAL_STEPS = ['prompt', 'flow', 'model', 'read', 'call', 'gap'] as const;

/** One step of how a call came about. */
export interface CausalStep {
  readonly kind: (typeof CAUSAL_STEPS)[number];
  readonly text: string;
  /** Text that outsiders can write had a part in it. */
  readonly isTainted: boolean;
}

/** What the page shows beside the signed action, fixed when the request was made. */
export interface Presented {
  readonly sentence: readonly SentencePart[];
  /** The words of the sentence, and the definition of the tool that somebody vouched for them of; null without any. */
  readonly template?: { readonly text: string; readonly toolDigest: string } | null;
  /** How much care the decision needs. */
  readonly tier?: Tier;
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
  /** How the call came about, as far as it is known. */
  readonly steps?: readonly CausalStep[];
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
