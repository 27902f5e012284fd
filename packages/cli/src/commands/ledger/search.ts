import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { parseCount, parseTime } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { readSavedQuery } from './queries.ts';
import { type LedgerRecordFacts, recordFields } from './record.ts';

interface SearchOptions {
  readonly action?: string;
  readonly agent?: string;
  readonly task?: string;
  readonly person?: string;
  readonly approval?: string;
  readonly delegation?: string;
  readonly kind?: string;
  readonly upstream?: string;
  readonly tool?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly saved?: string;
  readonly csv?: boolean;
  readonly lines?: boolean;
}

const ids = ['action', 'agent', 'task', 'person', 'approval', 'delegation'] as const;

export const searchLedger = defineCommand<SearchOptions>({
  usage: 'search [query...]',
  summary:
    'records that a query finds, newest first: ids, names, values, field:value, -not, OR (docs/search.md)',
  options: [
    ...ids.map((name) => ({ flags: `--${name} <id>`, summary: `of this ${name}` })),
    { flags: '--kind <kind>', summary: 'such as action.refused' },
    { flags: '--upstream <name>', summary: 'at this upstream' },
    { flags: '--tool <tool>', summary: '<upstream>/<tool>' },
    { flags: '--from <time>', summary: 'since then: a time, or an age such as 2h', parse: parseTime },
    { flags: '--to <time>', summary: 'before then', parse: parseTime },
    { flags: '--limit <count>', summary: 'at most so many', parse: parseCount, initial: 50 },
    { flags: '--saved <name>', summary: 'what the saved search of this name finds' },
    { flags: '--csv', summary: 'all that is found, as CSV (RFC 4180)' },
    { flags: '--lines', summary: 'all that is found, as JSON lines' },
  ],
  examples: [
    'ledger search act_…',
    "ledger search 'agent:bookkeeper decision:deny from:24h'",
    "ledger search 'arg:/payee/iban=DE89370400440532013000 -drill:drl_…' --csv",
  ],
  async run(session, { limit, saved, csv, lines, ...options }, ...words) {
    const { action, agent, task, person, approval, delegation, kind, upstream, tool, from, to } = options;
    const asked = { action, agent, task, person, approval, delegation, kind, upstream, tool, from, to };
    const typed = words.join(' ');
    const kept = saved === undefined ? '' : await readSavedQuery(session, saved);
    const q = joinQueries(kept, typed);
    const search = { ...asked, ...(q === '' ? {} : { q }) };
    if (csv === true) return download(session, search, 'text/csv');
    if (lines === true) return download(session, search, 'application/x-ndjson');
    const query = { ...search, limit: Math.min(Math.max(limit, 1), 500) };
    const records = await session.api().list<LedgerRecordFacts>('/v1/ledger', query, limit);
    session.print.rows(records, recordFields, 'no record matches');
    const first = records[0];
    if (first !== undefined) session.print.next(`ledger show ${first.id}`);
    return undefined;
  },
});

/** Both have to hold. Of alternatives there is no telling to which of them a further term belongs. */
function joinQueries(saved: string, typed: string): string {
  if (saved === '' || typed === '') return saved + typed;
  if (/(^|\s)OR(\s|$)/.test(`${saved} ${typed}`))
    throw new CliError('a saved search and further terms go together only without OR');
  return `${saved} ${typed}`;
}

async function download(
  session: Session,
  search: Readonly<Record<string, string | number | undefined>>,
  accept: string,
): Promise<undefined> {
  const found = await session.api().download('/v1/ledger', search, accept);
  await pipeline(Readable.from(found), session.streams.stdout, { end: false });
  return undefined;
}
