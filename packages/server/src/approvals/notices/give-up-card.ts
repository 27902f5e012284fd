import type { Context } from '../../context.ts';
import type { ApprovalChannel } from '../../plugins/approval-channel/approval-channel.ts';
import type { CardRow } from './deliver-card.ts';

/** Ends the attempts for what the copy owes, says so once in the ledger, and to its person in the inbox. */
export async function giveUpCard(
  context: Pick<Context, 'platform' | 'store'>,
  channel: ApprovalChannel,
  row: CardRow,
  why: string,
): Promise<void> {
  await context.store.transaction(async (tx) => {
    const at = context.platform.now();
    const ended = await tx.sql
      .updateTable('channel_cards')
      .set({ failure: why, next_at: null })
      .where('id', '=', row.id)
      .where('revision', '=', row.revision)
      .executeTakeFirst();
    // There is more to say by now, and that gets its own attempts.
    if (ended.numUpdatedRows !== 1n) return;
    tx.record({
      ...{ id: context.platform.newId('rec'), kind: 'approval.card_failed', at, causes: [] },
      ...(row.content === null ? { approval: row.card_key } : {}),
      ...(row.person_id === '' ? {} : { person: row.person_id }),
      body: { channel: channel.name, channelKind: channel.kind, card: row.id, why },
    });
    if (row.person_id === '' || channel.kind === 'inbox') return;
    await tx.sql
      .insertInto('channel_news')
      .values({
        ...{ id: context.platform.newId('nws'), approval_id: null, person_id: row.person_id },
        ...{ kind: 'channel_failed', subject: channel.name, link: '/approvals', at },
      })
      .execute();
  });
}
