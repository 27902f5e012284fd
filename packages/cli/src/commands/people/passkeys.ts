import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface HeldPasskey {
  readonly id: string;
  readonly label: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly countsFrom: number | null;
}

export const listPasskeys = defineCommand<{ confirm?: string; code?: string; remove?: string }>({
  usage: 'passkeys <person>',
  summary: 'the passkeys of somebody; confirms or removes one',
  options: [
    { flags: '--confirm <passkey>', summary: 'let one count that was made after single sign-on' },
    { flags: '--code <code>', summary: 'with --confirm: what its person reads to you' },
    { flags: '--remove <passkey>', summary: 'end this one; their sessions end, too' },
  ],
  examples: ['people passkeys per_…', 'people passkeys per_… --confirm … --code ABCD-EFGH-JKLM'],
  async run(session, { confirm, code, remove }, person = '') {
    if (confirm !== undefined && remove !== undefined)
      throw new CliError('--confirm and --remove exclude each other');
    if ((confirm === undefined) !== (code === undefined))
      throw new CliError('--confirm and --code go together');
    const path = `/v1/people/${encodeURIComponent(person)}/passkeys`;
    if (confirm !== undefined) {
      await session.api().send('POST', `${path}/${encodeURIComponent(confirm)}/confirm`, { code });
    }
    if (remove !== undefined) {
      await session.api().send('POST', `${path}/${encodeURIComponent(remove)}/remove`);
    }
    const { items } = await session.api().get<{ items: readonly HeldPasskey[] }>(path);
    session.print.rows(items, [
      ['ID', ({ id }) => id],
      ['NAME', ({ label }) => label],
      ['MADE', ({ createdAt }) => formatTime(createdAt)],
      ['USED', ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : formatTime(lastUsedAt))],
      ['COUNTS', ({ countsFrom }) => describeCounting(countsFrom, session.now())],
    ]);
    return undefined;
  },
});

function describeCounting(from: number | null, now: number): string {
  if (from === null) return 'once confirmed';
  return from <= now ? 'yes' : `from ${formatTime(from)}`;
}
