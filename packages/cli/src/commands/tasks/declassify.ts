import { LIFTABLE_LABELS } from '@countersign/core';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { parseDuration } from '../../parse-options.ts';

interface Declassification {
  readonly taskId: string;
  readonly label: string;
  readonly minutes: number;
  readonly calls: number | null;
  readonly link: string;
  readonly expiresAt: number;
}

interface DeclassifyOptions {
  readonly label: string;
  readonly reason: string;
  readonly for?: number;
  readonly calls?: string;
}

export const declassifyTask = defineCommand<DeclassifyOptions>({
  usage: 'declassify <task>',
  summary: 'propose that a label be lifted from what a task has read; a person signs it with a passkey',
  options: [
    {
      flags: '--label <label>',
      summary: LIFTABLE_LABELS.join(', '),
      choices: LIFTABLE_LABELS,
      required: true,
    },
    { flags: '--reason <text>', summary: 'why; who signs it reads it', required: true },
    {
      flags: '--for <duration>',
      summary: 'from the signature on; 15m when absent, at most 1h',
      parse: parseDuration,
    },
    { flags: '--calls <n>', summary: 'for so many calls at most' },
  ],
  examples: ["tasks declassify tsk_01 --label untrusted --calls 1 --reason 'I have read that mail myself'"],
  async run(session, { label, reason, for: seconds, calls }, id = '') {
    if (calls !== undefined && !/^[1-9]\d?$/.test(calls))
      throw new CliError('--calls is a whole number up to 50');
    const body = {
      label,
      reason,
      ...(seconds === undefined ? {} : { minutes: Math.max(1, Math.floor(seconds / 60)) }),
      ...(calls === undefined ? {} : { calls: Number(calls) }),
    };
    const path = `/v1/tasks/${encodeURIComponent(id)}/declassify`;
    const proposed = await session.api().send<Declassification>('POST', path, body);
    session.print.item(proposed, [
      ['TASK', ({ taskId }) => taskId],
      ['LIFTS', (one) => one.label],
      ['FOR', (one) => `${one.minutes}m${one.calls === null ? '' : ` or ${one.calls} calls`}`],
      ['SIGN AT', ({ link }) => link],
      ['BEFORE', ({ expiresAt }) => formatTime(expiresAt)],
    ]);
    session.print.note('Nothing changes until a person who may declassify has signed it there.');
    session.print.next(`tasks show ${id}`);
    return undefined;
  },
});
