import type { Platform } from '../../platform/platform.ts';
import type { Transaction } from '../../plugins/database/database.ts';

export const personNewsKinds = [
  'agent_paused',
  'agents_orphaned',
  'review_due',
  'recovery_asked',
  'passkey_confirmed',
  'handover_asked',
] as const;
export type PersonNewsKind = (typeof personNewsKinds)[number];

export interface PersonNews {
  readonly personId: string;
  readonly kind: PersonNewsKind;
  /** A name that anybody may read on a lock screen: of an agent, a review, a person. Never an argument. */
  readonly subject: string;
  /** A path of this server, such as `/reviews/rev_…`; who opens it signs in first. */
  readonly link: string;
}

const longestSubject = 120;

/** Keeps what one person is to be told, for their channels, in the transaction that makes it true. */
export async function notePersonNews(
  { platform }: { readonly platform: Pick<Platform, 'newId' | 'now'> },
  tx: Transaction,
  { personId, kind, subject, link }: PersonNews,
): Promise<void> {
  if (!/^\/(?![/\\])[^\s]{0,500}$/.test(link)) throw new RangeError('news lead to a path of this server');
  await tx.sql
    .insertInto('channel_news')
    .values({
      ...{ id: platform.newId('nws'), approval_id: null, person_id: personId },
      ...{ kind, subject: subject.slice(0, longestSubject).toWellFormed(), link, at: platform.now() },
    })
    .execute();
}
