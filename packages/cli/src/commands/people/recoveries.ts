import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface OpenRecovery {
  readonly id: string;
  readonly personId: string;
  readonly openedBy: string;
  readonly reason: string;
  readonly confirmedBy: string | null;
  readonly expiresAt: number;
}

export const listRecoveries = defineCommand<{ end?: string }>({
  usage: 'recoveries',
  summary: 'who is about to get a new passkey; ends one that nobody should use',
  options: [{ flags: '--end <recovery>', summary: 'end this one, and its link' }],
  async run(session, { end }) {
    const path = '/v1/people/recoveries';
    if (end !== undefined) await session.api().send('POST', `${path}/${encodeURIComponent(end)}/end`);
    const { items } = await session.api().get<{ items: readonly OpenRecovery[] }>(path);
    session.print.rows(items, [
      ['ID', ({ id }) => id],
      ['PERSON', ({ personId }) => personId],
      ['OPENED BY', ({ openedBy }) => openedBy],
      ['REASON', ({ reason }) => reason],
      ['CONFIRMED BY', ({ confirmedBy }) => confirmedBy ?? 'nobody yet'],
      ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
    ]);
    return undefined;
  },
});
