import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Session } from '../../session.ts';
import { listSinks, type SinkStanding } from './sink-standing.ts';

interface Options {
  readonly from?: number;
}

interface Refusal {
  readonly seq: number;
  readonly record: string;
  readonly why: string;
  readonly at: number;
  readonly resend: boolean;
}

const actions = ['test', 'refused', 'resend', 'rewind'];

export const useSinks = defineCommand<Options>({
  usage: 'sinks [action] [name]',
  summary: 'where records are sent and how far each place has come; test, refused, resend or rewind <name>',
  options: [
    {
      flags: '--from <seq>',
      summary: 'of rewind: the first record to send again',
      parse: parseSeq,
    },
  ],
  examples: [
    'ledger sinks',
    'ledger sinks test siem',
    'ledger sinks refused siem',
    'ledger sinks resend siem',
    'ledger sinks rewind siem --from 120000',
  ],
  async run(session, { from }, action, name) {
    if (from !== undefined && action !== 'rewind') throw new CliError('--from is for rewind');
    if (action === undefined) await list(session);
    else if (!actions.includes(action)) throw new CliError(`${action} is none of ${actions.join(', ')}`);
    else if (name === undefined) throw new CliError(`say which sink: ledger sinks ${action} <name>`);
    else await act(session, action, name, from);
    return undefined;
  },
});

function parseSeq(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new CliError(`${value} is not the seq of a record`);
  return Number(value);
}

async function list(session: Session): Promise<void> {
  session.print.rows<SinkStanding>(
    await listSinks(session.api()),
    [
      ['NAME', ({ name }) => name],
      ['KIND', ({ kind }) => kind],
      ['BEHIND', ({ behind }) => behind],
      ['SECONDS', ({ behindSeconds }) => behindSeconds],
      ['DELIVERED', ({ delivered }) => delivered],
      ['LAST', ({ deliveredAt }) => (deliveredAt === null ? 'never' : formatTime(deliveredAt))],
      ['SET ASIDE', ({ setAside }) => setAside],
      ['FAILING SINCE', ({ failingSince }) => (failingSince === null ? '' : formatTime(failingSince))],
      ['WHY', ({ lastError }) => lastError ?? ''],
    ],
    'records are sent nowhere: ledger.sinks in the configuration',
  );
}

async function act(session: Session, action: string, name: string, from: number | undefined): Promise<void> {
  const path = `/v1/ledger/sinks/${encodeURIComponent(name)}`;
  const api = session.api();
  switch (action) {
    case 'test':
      await api.send('POST', `${path}/test`);
      return session.print.item({ sink: name, taken: true }, [['TAKEN', () => `a test, by ${name}`]]);
    case 'refused':
      return session.print.rows<Refusal>(
        await api.list<Refusal>(`${path}/refused`, { limit: 500 }),
        [
          ['SEQ', ({ seq }) => seq],
          ['RECORD', ({ record }) => record],
          ['AT', ({ at }) => formatTime(at)],
          ['WHY', ({ why }) => why],
          ['WAITS', ({ resend }) => (resend ? 'to be sent again' : '')],
        ],
        'it refused nothing',
      );
    case 'resend': {
      const sent = await api.send<{ readonly count: number }>('POST', `${path}/resend`);
      return session.print.item(sent, [['SENT AGAIN', ({ count }) => `${count} records`]]);
    }
    default: {
      if (from === undefined) throw new CliError('say from where: ledger sinks rewind <name> --from <seq>');
      await api.send('POST', `${path}/rewind`, { from });
      return session.print.item({ sink: name, from }, [['SENT AGAIN', () => `all from ${from} on`]]);
    }
  }
}
