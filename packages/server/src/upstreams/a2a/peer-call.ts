import type { JsonObject } from '@countersign/core';

/** What a caller that speaks A2A itself means, in the peer's own ids. It comes from the door and from nowhere else. */
export interface PeerCall {
  /** The id that the caller gave its message; empty where it sends none. */
  readonly messageId: string;
  /** The task at the peer that is meant, or that the message goes on with. */
  readonly task?: string;
  readonly context?: string;
  /** Whether the caller takes the answer piece by piece. */
  readonly isStream: boolean;
  /** `SendMessageConfiguration` and the like, as far as it may pass. */
  readonly options: JsonObject;
}
