import type { Platform } from '../platform/platform.ts';
import type { Transaction } from '../plugins/database/database.ts';

/** What is sent of the events of OpenID CAEP 1.0 and RISC 1.0, by the last part of their URI. */
export const securityEventKinds = [
  'session-revoked',
  'token-claims-change',
  'credential-change',
  'risk-level-change',
  'account-disabled',
  'account-enabled',
] as const;
export type SecurityEventKind = (typeof securityEventKinds)[number];

export function isEventKind(kind: string): kind is SecurityEventKind {
  return securityEventKinds.some((one) => one === kind);
}

export interface SecurityEvent {
  readonly kind: SecurityEventKind;
  readonly about: { readonly person: string } | { readonly agent: string };
  /** For administrators who read the event elsewhere; names nobody and holds no secret. */
  readonly reason: string;
  /** Claims of the event beyond the common ones, as its specification names them. */
  readonly facts?: Readonly<Record<string, string>>;
  /** The ledger record it follows from. */
  readonly record: string;
}

/** Keeps an event for all who are to be told of it, in the transaction that makes it true. */
export async function noteSecurityEvent(
  { platform }: { readonly platform: Pick<Platform, 'newId' | 'now'> },
  tx: Transaction,
  { kind, about, reason, facts = {}, record }: SecurityEvent,
): Promise<void> {
  await tx.sql
    .insertInto('security_events')
    .values({
      id: platform.newId('sev'),
      kind,
      person_id: 'person' in about ? about.person : null,
      agent_id: 'agent' in about ? about.agent : null,
      reason,
      facts: JSON.stringify(facts),
      record,
      at: platform.now(),
    })
    .execute();
}
