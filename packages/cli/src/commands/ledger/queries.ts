import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import type { Session } from '../../session.ts';

interface SavedQuery {
  readonly name: string;
  readonly query: string;
  readonly shared: boolean;
  readonly owner: string;
  readonly changedAt: number;
}

const path = '/v1/ledger/queries';

const fields: readonly Column<SavedQuery>[] = [
  ['NAME', ({ name }) => name],
  ['QUERY', ({ query }) => query],
  ['SHARED', ({ shared }) => (shared ? 'yes' : 'no')],
  ['OWNER', ({ owner }) => owner],
  ['CHANGED', ({ changedAt }) => formatTime(changedAt)],
];

export const useQueries = defineCommand<{ readonly shared?: boolean }>({
  usage: 'queries <action> [name] [query...]',
  summary: 'searches with names: list, save <name> <query>, or remove <name>',
  options: [{ flags: '--shared', summary: 'for all who may read the ledger' }],
  examples: [
    "ledger queries save refusals 'decision:deny from:24h' --shared",
    'ledger search --saved refusals',
  ],
  async run(session, { shared = false }, action = '', name = '', ...words) {
    if (action === 'list') await list(session);
    else if (action === 'save') await save(session, { name, query: words.join(' '), shared });
    else if (action === 'remove') await remove(session, name);
    else throw new CliError(`${action} is none of list, save and remove`);
    return undefined;
  },
});

/** What is kept under a name. */
export async function readSavedQuery(session: Session, name: string): Promise<string> {
  return (await session.api().get<SavedQuery>(pathOf(name))).query;
}

async function list(session: Session): Promise<void> {
  const { items } = await session.api().get<{ readonly items: readonly SavedQuery[] }>(path);
  session.print.rows(items, fields, 'no search is saved');
}

async function save(
  session: Session,
  { name, query, shared }: Pick<SavedQuery, 'name' | 'query' | 'shared'>,
): Promise<void> {
  if (query.trim() === '') throw new CliError('say what to search for: ledger queries save <name> <query>');
  const saved = await session.api().send<SavedQuery>('PUT', pathOf(name), { query, shared });
  session.print.item(saved, fields);
  session.print.next(`ledger search --saved ${/\s/.test(name) ? `'${name}'` : name}`);
}

async function remove(session: Session, name: string): Promise<void> {
  await session.api().send('DELETE', pathOf(name));
  session.print.note('Removed.');
}

function pathOf(name: string): string {
  if (name === '') throw new CliError('say which: ledger queries <action> <name>');
  return `${path}/${encodeURIComponent(name)}`;
}
