import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import { collect, parseDuration, parseTime } from '../../parse-options.ts';

interface AccessFacts {
  readonly id: string;
  readonly person: string;
  readonly scope: Readonly<Record<string, unknown>>;
  readonly content: boolean;
  readonly reason: string;
  readonly givenBy: string;
  readonly until: number;
  readonly endedAt: number | null;
}

interface ProposedAccess {
  readonly id: string;
  readonly link: string;
  readonly expiresAt: number;
}

interface AccessOptions {
  readonly until?: number;
  readonly kind?: readonly string[];
  readonly upstream?: readonly string[];
  readonly agent?: readonly string[];
  readonly task?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly content?: boolean;
  readonly reason?: string;
}

const fields: readonly Column<AccessFacts>[] = [
  ['ACCESS', ({ id }) => id],
  ['PERSON', ({ person }) => person],
  ['SCOPE', ({ scope }) => JSON.stringify(scope)],
  ['CONTENT', ({ content }) => (content ? 'yes' : 'no')],
  ['UNTIL', ({ until }) => formatTime(until)],
  ['ENDED', ({ endedAt }) => (endedAt === null ? null : formatTime(endedAt))],
  ['WHY', ({ reason }) => reason],
];

const path = '/v1/people/audit-access';

export const useAuditAccess = defineCommand<AccessOptions>({
  usage: 'audit-access <verb> [id]',
  summary: 'give a person without a role some of the ledger to read, for some time: give, list or end it',
  options: [
    { flags: '--until <time>', summary: 'how long, such as 14d; at most 90d', parse: parseDuration },
    { flags: '--kind <kind>', summary: 'such as action.* ; may be given many times', parse: collect },
    { flags: '--upstream <name>', summary: 'may be given many times', parse: collect },
    { flags: '--agent <id>', summary: 'may be given many times', parse: collect },
    { flags: '--task <id>', summary: 'may be given many times', parse: collect },
    { flags: '--from <time>', summary: 'records since then', parse: parseTime },
    { flags: '--to <time>', summary: 'records before then', parse: parseTime },
    { flags: '--content', summary: 'what records say, too: arguments, prompts and results' },
    { flags: '--reason <text>', summary: 'for the record' },
  ],
  examples: [
    'people audit-access give per_… --until 14d --upstream payments --reason "Audit of the third quarter"',
    'people audit-access end aud_…',
  ],
  async run(session, options, verb = '', id = '') {
    if (verb === 'list') {
      const { items } = await session.api().get<{ items: readonly AccessFacts[] }>(path);
      session.print.rows(items, fields, 'nobody was ever given it');
    } else if (verb === 'end') {
      await session.api().send('DELETE', `${path}/${encodeURIComponent(id)}`);
      session.print.note('It has ended; what was being read under it is cut.');
    } else if (verb === 'give') {
      const body = readGiving(id, session.now(), options);
      const proposed = await session.api().send<ProposedAccess>('POST', path, body);
      session.print.item(proposed, [
        ['ACCESS', (one) => one.id],
        ['SIGN AT', ({ link }) => link],
        ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
      ]);
      session.print.note('Nothing is given until an administrator has signed it there with a passkey.');
      session.print.next('people audit-access list');
    } else {
      throw new CliError(`${verb} is none of give, list and end`);
    }
    return undefined;
  },
});

function readGiving(personId: string, now: number, options: AccessOptions) {
  const { until = 0, kind, upstream, agent, task, from, to, content = false, reason = '' } = options;
  const parts = { kinds: kind, upstreams: upstream, agents: agent, tasks: task, from, to };
  const scope = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
  return { personId, scope, content, until: now + until * 1000, reason };
}
