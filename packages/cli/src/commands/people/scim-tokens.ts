import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { parseDuration } from '../../parse-options.ts';
import type { Session } from '../../session.ts';

export interface ScimToken {
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  readonly agents: boolean;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
}

interface Options {
  readonly directory?: string;
  readonly agents?: boolean;
  readonly for?: number;
}

const path = '/v1/people/scim-tokens';

export const scimTokens = defineCommand<Options>({
  usage: 'scim-tokens <action> [name]',
  summary: 'tokens with which directories provision people: add <name>, list, or remove <id>',
  options: [
    { flags: '--directory <name>', summary: 'whose people it keeps; main when left out' },
    { flags: '--agents', summary: 'it may keep agents too' },
    { flags: '--for <duration>', summary: 'how long it is good, 180d when left out', parse: parseDuration },
  ],
  examples: ['people scim-tokens add Entra --for 180d', 'people scim-tokens list'],
  async run(session, options, action = '', name = '') {
    if (action === 'add') await add(session, options, name);
    else if (action === 'list') await list(session);
    else if (action === 'remove') await remove(session, name);
    else throw new CliError(`${action} is none of add, list and remove`);
    return undefined;
  },
});

async function add(session: Session, options: Options, name: string): Promise<void> {
  if (name === '') throw new CliError('a token needs a name: people scim-tokens add <name>');
  const body = {
    name,
    ...(options.directory === undefined ? {} : { directory: options.directory }),
    ...(options.agents === undefined ? {} : { agents: options.agents }),
    ...(options.for === undefined ? {} : { lifetimeSeconds: options.for }),
  };
  const made = await session.api().send<ScimToken & { readonly token: string }>('POST', path, body);
  session.print.item(made, [
    ['TOKEN', ({ token }) => token],
    ['DIRECTORY', ({ directory }) => directory],
    ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
  ]);
  session.print.note('Give it to the directory as its bearer token. It is not shown again.');
}

async function list(session: Session): Promise<void> {
  const { tokens } = await session.api().get<{ readonly tokens: readonly ScimToken[] }>(path);
  const fields = [
    ['ID', ({ id }: ScimToken) => id],
    ['NAME', ({ name }: ScimToken) => name],
    ['DIRECTORY', ({ directory }: ScimToken) => directory],
    ['AGENTS', ({ agents }: ScimToken) => (agents ? 'yes' : 'no')],
    ['UNTIL', ({ expiresAt }: ScimToken) => formatTime(expiresAt)],
    ['LAST USED', ({ lastUsedAt }: ScimToken) => (lastUsedAt === null ? 'never' : formatTime(lastUsedAt))],
  ] as const;
  session.print.rows(tokens, fields, 'no directory provisions people');
}

async function remove(session: Session, id: string): Promise<void> {
  if (id === '') throw new CliError('say which token: people scim-tokens remove <id>');
  await session.api().send('DELETE', `${path}/${encodeURIComponent(id)}`);
  session.print.note('Removed. What the directory provisioned stays as it is.');
}
