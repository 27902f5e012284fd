import { join } from 'node:path';
import { CliError } from '../../cli-error.ts';
import { readClientFile, replaceClientFile } from '../../clients/client-file.ts';
import { type McpClient, mcpClients } from '../../clients/mcp-client.ts';
import { isMove, moveServers, requireUpstreams } from '../../clients/move-servers.ts';
import { type PlannedEntry, planConnection } from '../../clients/plan-connection.ts';
import { changeEntries, readEntries } from '../../clients/server-entries.ts';
import { defineCommand } from '../../command.ts';
import type { Column } from '../../output/printer.ts';
import { collect } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { connectHooks } from './connect-hooks.ts';
import { disconnect } from './disconnect.ts';

interface ConnectOptions {
  readonly project?: boolean;
  readonly file?: string;
  readonly upstream?: readonly string[];
  readonly import: boolean;
  readonly dryRun?: boolean;
  readonly remove?: boolean;
  readonly hooks?: boolean;
  readonly keepPrompts?: boolean;
}

const entryColumns: readonly Column<PlannedEntry>[] = [
  ['SERVER', ({ name }) => name],
  [
    'WHAT HAPPENS',
    ({ action }) => ({ move: 'goes behind the gateway', add: 'is added', keep: 'stays' })[action],
  ],
  ['UPSTREAM', ({ upstream }) => upstream],
  ['CREDENTIALS MOVED', ({ secrets }) => secrets],
  ['WHY', ({ reason }) => reason],
];

export const connectClient = defineCommand<ConnectOptions>({
  usage: 'connect <client>',
  summary: `let an MCP client reach its servers through the gateway: ${mcpClients.map(({ name }) => name).join(', ')}`,
  options: [
    { flags: '--project', summary: "the project's settings in this folder, not the person's own" },
    { flags: '--file <file>', summary: 'the file with the settings, when it is elsewhere' },
    {
      flags: '--upstream <name>',
      summary: 'an upstream the client shall know besides; many times',
      parse: collect,
    },
    { flags: '--no-import', summary: 'leave the servers that the client has now where they are' },
    { flags: '--hooks', summary: 'of claude-code: ask before it uses tools of its own (docs/hooks.md)' },
    {
      flags: '--keep-prompts',
      summary: 'with --hooks: what policy allows is asked at the terminal as before',
    },
    { flags: '--dry-run', summary: 'say what would happen and change nothing' },
    { flags: '--remove', summary: 'put back what was there before' },
  ],
  examples: [
    'connect claude-code --dry-run',
    'connect vscode --project --upstream payments',
    'connect cursor --remove',
    'connect claude-code --hooks',
  ],
  async run(session, options, named = '') {
    const client = findClient(named);
    if (options.hooks === true) {
      const { file, project, dryRun, remove, keepPrompts } = options;
      connectHooks(session, {
        ...{ client: client.name, isProject: project === true, isDryRun: dryRun === true },
        ...{ isRemoval: remove === true, keepsPrompts: keepPrompts === true },
        ...(file === undefined ? {} : { file }),
      });
      return undefined;
    }
    const path = options.file ?? chooseFile(client, options.project === true, session);
    if (options.remove === true) {
      disconnect(session, client, { path, isDryRun: options.dryRun === true });
      return undefined;
    }
    const before = readClientFile(path);
    const planned = planConnection({
      ...{ client, entries: readEntries(client, before, path), server: session.serverUrl() },
      ...{
        environment: session.environment,
        importServers: options.import,
        upstreams: options.upstream ?? [],
      },
    });
    if (options.dryRun === true) {
      show(
        session,
        planned.map((one) => (isMove(one) ? hideValues(one) : one)),
        path,
      );
      session.print.note('Nothing was changed.');
      return undefined;
    }
    await requireUpstreams(session.api(), options.upstream ?? []);
    const done = await moveServers(session.api(), planned);
    write(session, client, { path, before, done });
    return undefined;
  },
});

function findClient(named: string): McpClient {
  const client = mcpClients.find(({ name }) => name === named);
  if (client !== undefined) return client;
  throw new CliError(`no client is called ${named}`, {
    fix: `choose one of ${mcpClients.map(({ name }) => name).join(', ')}`,
  });
}

function chooseFile(client: McpClient, isProject: boolean, { environment }: Session): string {
  return isProject ? join(process.cwd(), client.projectFile) : client.userFile(environment);
}

function hideValues(one: PlannedEntry): PlannedEntry {
  const { name, action, upstream, url, secrets } = one;
  return { name, action, ...(upstream && { upstream }), ...(url && { url }), ...(secrets && { secrets }) };
}

function show(session: Session, entries: readonly PlannedEntry[], path: string): void {
  session.print.rows(entries, entryColumns, `${path} has no servers, and none was named with --upstream`);
}

function write(
  session: Session,
  client: McpClient,
  { path, before, done }: { path: string; before: string; done: readonly PlannedEntry[] },
): void {
  const changes = new Map(
    done.flatMap(({ name, action, url }) =>
      action === 'keep' || url === undefined ? [] : [[name, client.writeEntry(url)] as const],
    ),
  );
  show(session, done, path);
  if (changes.size === 0) {
    session.print.note(`${path} stays as it is.`);
    return;
  }
  const after = changeEntries(client, before, changes, path);
  const { backup } = replaceClientFile(path, before, after);
  session.print.note(`${path} is written.`);
  if (backup !== null) {
    session.print.note(
      `What was there is in ${backup}: it may hold credentials, so delete it once all works, or let --remove put it back.`,
    );
  }
  session.print.note(`In ${client.title}: ${client.afterwards}.`);
}
