import { defineCommand } from '../../command.ts';
import { parseCount, parseTime } from '../../parse-options.ts';
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
}

const ids = ['action', 'agent', 'task', 'person', 'approval', 'delegation'] as const;

export const searchLedger = defineCommand<SearchOptions>({
  usage: 'search [id]',
  summary: 'records that name an id of any kind, and match everything else that is asked, newest first',
  options: [
    ...ids.map((name) => ({ flags: `--${name} <id>`, summary: `of this ${name}` })),
    { flags: '--kind <kind>', summary: 'such as action.refused' },
    { flags: '--upstream <name>', summary: 'at this upstream' },
    { flags: '--tool <tool>', summary: '<upstream>/<tool>' },
    { flags: '--from <time>', summary: 'since then: a time, or an age such as 2h', parse: parseTime },
    { flags: '--to <time>', summary: 'before then', parse: parseTime },
    { flags: '--limit <count>', summary: 'at most so many', parse: parseCount, initial: 50 },
  ],
  examples: ['ledger search act_…', 'ledger search --agent agt_… --kind action.refused --from 24h'],
  async run(session, { limit, ...options }, id) {
    const { action, agent, task, person, approval, delegation, kind, upstream, tool, from, to } = options;
    const asked = { action, agent, task, person, approval, delegation, kind, upstream, tool, from, to };
    const query = { ...asked, id, limit: Math.min(Math.max(limit, 1), 500) };
    const records = await session.api().list<LedgerRecordFacts>('/v1/ledger', query, limit);
    session.print.rows(records, recordFields, 'no record matches');
    const first = records[0];
    if (first !== undefined) session.print.next(`ledger show ${first.id}`);
    return undefined;
  },
});
