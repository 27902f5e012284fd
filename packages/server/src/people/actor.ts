import type { Role } from '@countersign/api';
import type { AuditAccess } from './audit-access/audit-access.ts';

/** Who asks the control plane. Agents never act here as people, and people never act as agents. */
export type Actor =
  | {
      readonly kind: 'person';
      readonly person: string;
      readonly roles: readonly Role[];
      readonly session: string;
      /** Epoch milliseconds of the last user verification with a passkey; 0 when only a directory vouched for them. */
      readonly verifiedAt: number;
      /** Whether that is so short ago that they may change authority. */
      readonly isFresh: boolean;
      /** What a person without any role may read of the ledger. */
      readonly audit?: AuditAccess;
    }
  /** The owner of the server process on this machine, by the token in the data folder; administers, never approves. */
  | { readonly kind: 'operator' }
  | { readonly kind: 'agent'; readonly agent: string; readonly key: string }
  /** The product itself: expiry, start-up, demo. */
  | { readonly kind: 'system'; readonly part: string };

/** How an actor is named in records. */
export function nameActor(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return actor.person;
    case 'agent':
      return actor.agent;
    case 'operator':
      return 'operator';
    case 'system':
      return `system:${actor.part}`;
  }
}
