import { defineCommand } from '../../command.ts';
import type { Column } from '../../output/printer.ts';

export interface StreamFacts {
  readonly stream: string;
  readonly origin: string;
  readonly vkey: string;
  /** With it the gateway of the stream cosigns the others. */
  readonly cosigner: string;
  readonly records: number;
  readonly signed: number;
  readonly cosigned: number;
  readonly cosignedByGateways: number;
  readonly live: boolean;
}

const fields: readonly Column<StreamFacts>[] = [
  ['STREAM', ({ stream }) => stream],
  ['RECORDS', ({ records }) => records],
  ['SIGNED', ({ signed }) => signed],
  ['WITNESSES', ({ cosigned }) => cosigned],
  ['GATEWAYS', ({ cosignedByGateways }) => cosignedByGateways],
  ['LIVE', ({ live }) => (live ? 'yes' : 'no')],
  ['VKEY', ({ vkey }) => vkey],
];

export const listStreams = defineCommand({
  usage: 'streams',
  summary: 'the streams that gateways of the database write, and the keys that verify them',
  async run(session) {
    const { items } = await session
      .api()
      .get<{ readonly items: readonly StreamFacts[] }>('/v1/ledger/streams');
    if (session.json) session.print.item(items, []);
    else session.print.rows(items, fields, 'nothing was written yet');
    return undefined;
  },
});
