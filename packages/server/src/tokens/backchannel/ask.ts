import type { JsonObject, JsonValue } from '@countersign/core';
import type { z } from 'zod';
import type { delegationLimitsSchema } from '../../delegations/index.ts';

/** What an agent asks a person for: a delegation of theirs, or one exact call to happen once. Well-formed, not authorised. */
export type Wish =
  | {
      readonly kind: 'authority';
      readonly purpose: string;
      readonly limits: z.output<typeof delegationLimitsSchema>;
    }
  | {
      readonly kind: 'once';
      readonly upstream: string;
      readonly tool: string;
      readonly arguments: JsonObject;
      /** Null: the agent's default. */
      readonly delegationId: string | null;
    };

/** A request of the backchannel endpoint (OpenID CIBA Core 1.0 §7.1), well-formed. */
export interface Ask {
  readonly loginHint: string;
  /** `binding_message`. */
  readonly message: string | null;
  /** How long a person has to decide. */
  readonly seconds: number;
  /** `client_notification_token`: a secret of the client. */
  readonly notificationToken: string | null;
  /** Upstreams that the token will be for; null when the client leaves them to what it asks for. */
  readonly upstreams: readonly string[] | null;
  readonly wish: Wish;
  /** The request as a JSON value, equal for what a person would take for the same. */
  readonly canonical: JsonValue;
}

/** The answer (CIBA §7.3). */
export interface Asked {
  /** 256 random bits; whoever has it, the client's assertion and its key fetches the answer. */
  readonly authReqId: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
  /** Two digits that the person sees on the page, for the agent to show them. */
  readonly matchCode: string;
  /** Where the person decides. */
  readonly link: string;
}

/** CIBA §7.3: the least time between two polls. */
export const firstIntervalSeconds = 5;
