import type { Platform } from '../../platform/platform.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { StoredApproval } from '../read-approval.ts';

export const approvalNews = [
  'asked',
  'extended',
  'escalated',
  'reminded',
  'voted',
  'decided',
  'glass_broken',
  'paused',
] as const;
export type ApprovalNews = (typeof approvalNews)[number];

interface Noting {
  readonly platform: Pick<Platform, 'newId' | 'now'>;
}

/**
 * Keeps news of an approval for every channel, in the transaction that makes it true. Who is told is found when it is
 * sent. A drill tells nobody beyond the inbox, which reads the approval itself; a check tells as if it were real.
 */
export async function noteNews(
  { platform }: Noting,
  tx: Transaction,
  approval: Pick<StoredApproval, 'id' | 'drill' | 'checkPersonId'>,
  news: ApprovalNews,
): Promise<void> {
  if (approval.drill !== null && approval.checkPersonId === null) return;
  await tx.sql
    .insertInto('channel_news')
    .values({
      ...{ id: platform.newId('nws'), approval_id: approval.id, person_id: null },
      ...{ kind: news, subject: '', link: '', at: platform.now() },
    })
    .execute();
}
