/**
 * What one person, or one place, is shown of one thing. Nothing in it is an argument, a token or a secret: a card is read
 * on lock screens, in mailboxes and in chats. Every text is one line of printable characters.
 */
export interface Card {
  /** The same for every copy of it on this channel. */
  readonly id: string;
  readonly about: 'approval' | 'news' | 'digest' | 'test' | 'code';
  /** Who wants what in general: agent, verb and tier. No value of the action. */
  readonly sentence: string;
  /** Where it stands: who decided, or what is awaited. */
  readonly status: string;
  readonly state: 'open' | 'approved' | 'denied' | 'expired' | 'cancelled' | 'released' | 'told';
  /** Nothing changes any more. */
  readonly isFinal: boolean;
  /** Whether somebody should look up: a change that is only shown is quiet. */
  readonly isUrgent: boolean;
  /** Absolute, with an opaque id only. */
  readonly link: string;
  /** Epoch milliseconds; null when there is none. */
  readonly deadline: number | null;
  /** To match with the agent's screen; null when there is none. Never for a lock screen. */
  readonly matchCode: string | null;
  /** Of an approval: its id, and the newest news of it. */
  readonly approvalId: string | null;
  readonly news: string;
}

export interface Delivery {
  /** The same for every attempt of one revision of one copy: whoever gets it twice shows it once. */
  readonly id: string;
  readonly card: Card;
  /** Null where the channel is a place. */
  readonly to: { readonly personId: string; readonly address: string | null } | null;
  /** What the channel gave back when it showed this copy before; null the first time. */
  readonly handle: string | null;
  /** An attempt was made before and may have worked. */
  readonly isRepeat: boolean;
  /** Epoch milliseconds of this attempt. */
  readonly at: number;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}

/** `why` is ours, never what the other side wrote. */
export type Outcome =
  | { readonly outcome: 'delivered'; readonly handle: string | null }
  /** Worth trying again, not before `retryAfterMilliseconds` where the other side said so. */
  | {
      readonly outcome: 'failed';
      readonly why: string;
      readonly handle?: string | null;
      readonly retryAfterMilliseconds?: number;
    }
  /** It would be refused again. */
  | { readonly outcome: 'refused'; readonly why: string };

/**
 * Notifies and links. A channel never decides: nothing that comes back from it is read as a person's will, so that who
 * takes one over can approve nothing.
 */
export interface ApprovalChannel {
  /** As the configuration names it. */
  readonly name: string;
  readonly kind: 'inbox' | 'web-push' | 'mail' | 'slack' | 'webhook';
  /** A card for each person, or one for a place that many read. */
  readonly reach: 'person' | 'place';
  /** What addresses here are: none, or text that a person must prove to be theirs. */
  readonly addresses: 'none' | 'proven';
  /** Whether every change is shown, or only what somebody should know: a reminder, an escalation and the end. */
  readonly shows: 'every-change' | 'what-matters';
  /** An address that may be written to, in its one spelling; undefined when it is none. Hostile text. */
  readAddress(text: string): string | undefined;
  /**
   * Shows the card, in the place of what the handle names if there is one. Never throws for what the other side does, and
   * reads no more of its answer than it needs.
   */
  deliver(delivery: Delivery): Promise<Outcome>;
  close(): Promise<void>;
}
