import { defineCommand } from '../../command.ts';
import { parseCount } from '../../parse-options.ts';
import { pause } from '../../pause.ts';
import type { Session } from '../../session.ts';
import { describeRecord, type LedgerRecordFacts } from './record.ts';

const betweenStreamsMilliseconds = 500;

export const tailLedger = defineCommand<{ last: number; kind?: string; agent?: string }>({
  usage: 'tail [query...]',
  summary: 'records as they become durable, or those that a query finds; with --json one a line',
  options: [
    { flags: '--last <count>', summary: 'begin with so many of the newest', parse: parseCount, initial: 10 },
    { flags: '--kind <kind>', summary: 'only this kind, or all that begin so, such as action.' },
    { flags: '--agent <agent>', summary: 'only of this agent, by id' },
  ],
  async run(session, { last, kind = '', agent }, ...words) {
    const isWanted = (record: LedgerRecordFacts) =>
      record.kind.startsWith(kind) && (agent === undefined || record.agent === agent);
    const q = words.length === 0 ? {} : { q: words.join(' ') };
    // One more than shown: where the stream has to go on from.
    const newest = await session
      .api()
      .list<LedgerRecordFacts>('/v1/ledger', { ...q, limit: 500 }, Math.max(1, last));
    for (const record of newest.slice(0, last).toReversed()) if (isWanted(record)) print(session, record);
    let after = newest[0]?.seq;
    while (!session.signal.aborted) {
      try {
        for await (const { event, data } of session.api().events('/v1/ledger/stream', { ...q, after })) {
          if (event !== 'record') continue;
          const record: LedgerRecordFacts = JSON.parse(data);
          after = record.seq;
          if (isWanted(record)) print(session, record);
        }
      } catch (error) {
        if (!session.signal.aborted) throw error;
      }
      await pause(betweenStreamsMilliseconds, session.signal);
    }
    return undefined;
  },
});

function print(session: Session, record: LedgerRecordFacts): void {
  session.print.line(record, describeRecord(record));
}
