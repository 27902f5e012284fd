import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defineCommand } from '../../command.ts';
import { parseCount, parseTime } from '../../parse-options.ts';

interface BundleOptions {
  readonly out?: string;
  readonly query?: string;
  readonly limit?: number;
  readonly without?: string;
  readonly [term: string]: unknown;
}

const ids = ['action', 'agent', 'task', 'person', 'approval', 'delegation'] as const;

export const bundleLedger = defineCommand<BundleOptions>({
  usage: 'bundle',
  summary: 'one file of some records and all they followed from, which verifies without this server',
  options: [
    { flags: '--out <file>', summary: 'write here instead of to standard output; never overwrites' },
    { flags: '--query <query>', summary: 'what this search finds (see ledger search)' },
    ...ids.map((name) => ({ flags: `--${name} <id>`, summary: `of this ${name}` })),
    { flags: '--kind <kind>', summary: 'such as action.refused' },
    { flags: '--upstream <name>', summary: 'at this upstream' },
    { flags: '--tool <tool>', summary: '<upstream>/<tool>' },
    { flags: '--from <time>', summary: 'since then: a time, or an age such as 2h', parse: parseTime },
    { flags: '--to <time>', summary: 'before then', parse: parseTime },
    { flags: '--limit <count>', summary: 'at most so many records (10000)', parse: parseCount },
    {
      flags: '--without <classes>',
      summary: 'leave out what content, decision, identity or operation records say',
    },
  ],
  examples: [
    'ledger bundle --task tsk_… --out incident.bundle',
    "ledger bundle --query 'agent:bookkeeper decision:deny from:24h' --out denied.bundle",
    'ledger bundle --approval apr_… --without content > approval.bundle',
  ],
  async run(session, { out, query, ...terms }) {
    const asked = Object.fromEntries(
      Object.entries({ ...terms, q: query }).flatMap(([name, value]) =>
        typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [],
      ),
    );
    const lines = await session.api().download('/v1/ledger/bundle', asked);
    if (out === undefined) {
      await pipeline(Readable.from(lines), session.streams.stdout, { end: false });
      return undefined;
    }
    await pipeline(Readable.from(lines), createWriteStream(out, { flags: 'wx', mode: 0o600 }));
    session.print.note(`The bundle is in ${out}. That you have it is recorded.`);
    session.print.next(`ledger verify ${out}`);
    return undefined;
  },
});
