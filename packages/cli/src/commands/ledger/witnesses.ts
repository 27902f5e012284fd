import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

export interface WitnessFacts {
  readonly name: string;
  readonly stream: string;
  readonly vkey: string;
  readonly url: string;
  readonly state: 'not_asked' | 'cosigning' | 'unreachable' | 'refused';
  readonly reason: string | null;
  readonly size: number;
  readonly cosignedAt: number | null;
}

export interface WitnessesFacts {
  readonly quorum: number;
  readonly published: { readonly size: number; readonly cosigned: number };
  readonly items: readonly WitnessFacts[];
}

const fields: readonly Column<WitnessFacts>[] = [
  ['WITNESS', ({ name }) => name],
  ['STREAM', ({ stream }) => stream],
  ['STATE', ({ state }) => state],
  ['WHY', ({ reason }) => reason],
  ['SIZE', ({ size }) => size],
  ['COSIGNED', ({ cosignedAt }) => (cosignedAt === null ? null : formatTime(cosignedAt * 1000))],
  ['AT', ({ url }) => url],
];

export const listWitnesses = defineCommand({
  usage: 'witnesses',
  summary: 'who cosigns checkpoints, and how they fare',
  async run(session) {
    const facts = await session.api().get<WitnessesFacts>('/v1/ledger/witnesses');
    if (session.json) session.print.item(facts, []);
    else session.print.rows(facts.items, fields, 'no witness is configured');
    const { published, quorum } = facts;
    session.print.note(
      `${published.size} records published, cosigned by ${published.cosigned}; ${quorum} are wanted`,
    );
    return undefined;
  },
});
