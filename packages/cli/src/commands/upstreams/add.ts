import { CliError } from '../../cli-error.ts';
import { claudeCodeTools } from '../../clients/claude-code-tools.ts';
import { defineCommand } from '../../command.ts';
import { collect, parseCount, parseDuration, readPairs } from '../../parse-options.ts';
import { findAgentId } from '../agents/agent.ts';
import { confirmTools, presets, readHooks } from './read-hooks.ts';
import { confirmModel, modelProviders, readModel } from './read-model.ts';
import { readOpenApi } from './read-open-api.ts';
import { readPeer } from './read-peer.ts';
import { showTools } from './show-tools.ts';
import type { RefusedTools, ToolFacts, UpstreamFacts } from './upstream.ts';

interface AddOptions {
  readonly environment?: string;
  readonly mcpUrl?: string;
  readonly openapi?: string;
  readonly a2a?: string;
  readonly card?: string;
  readonly signedBy?: string;
  readonly direct?: boolean;
  readonly agent?: string;
  readonly model?: string;
  readonly secret?: string;
  readonly passHeader?: readonly string[];
  readonly hostedTool?: readonly string[];
  readonly hooks?: string;
  readonly preset?: string;
  readonly declaredBy?: readonly string[];
  readonly server?: string;
  readonly query?: readonly string[];
  readonly basic?: string;
  readonly header?: readonly string[];
  readonly allowPrivate?: boolean;
  readonly command?: string;
  readonly arg?: readonly string[];
  readonly cwd?: string;
  readonly env?: readonly string[];
  readonly timeout?: number;
  readonly credential?: object;
  readonly secretMaxAgeDays?: number;
  readonly authzenMapping?: boolean;
  readonly remember?: object;
}

interface Added extends UpstreamFacts {
  readonly tools: readonly ToolFacts[];
  readonly refused: RefusedTools;
}

export const addUpstream = defineCommand<AddOptions>({
  usage: 'add <name>',
  summary:
    'connect to an MCP server, an HTTP API, a model provider or a peer agent and pin every tool it has',
  options: [
    { flags: '--mcp-url <url>', summary: 'an MCP server over Streamable HTTP' },
    { flags: '--openapi <file-or-url>', summary: 'an HTTP API, by its OpenAPI 3.0 or 3.1 document' },
    { flags: '--a2a <url>', summary: 'a peer agent that speaks A2A 1.0 (docs/a2a.md)' },
    { flags: '--card <url>', summary: 'of a peer agent: where its card is, if not below its address' },
    { flags: '--signed-by <url>', summary: 'of a peer agent: the keys that must have signed its card' },
    { flags: '--direct', summary: 'of a peer agent: agents may get tokens to call it themselves' },
    {
      flags: '--agent <agent>',
      summary: 'of a peer agent: the agent of yours that it is, which may help with the task of who calls',
    },
    {
      flags: '--model <provider>',
      summary: 'a model provider, by whose API it speaks',
      choices: modelProviders,
    },
    { flags: '--secret <name>', summary: 'the stored secret that is its key' },
    {
      flags: '--pass-header <name>',
      summary: 'a header of callers that goes on to it beside the known ones; many times',
      parse: collect,
    },
    {
      flags: '--hosted-tool <name>',
      summary: 'what it may do itself or use of its own, such as web_search; many times (docs/models.md)',
      parse: collect,
    },
    {
      flags: '--hooks <file>',
      summary:
        'a program that asks before it uses tools of its own: their definitions, a JSON array as MCP has it',
    },
    {
      flags: '--preset <name>',
      summary: 'a client or a provider that is known: claude-code, openai, anthropic',
      choices: [...presets, ...modelProviders],
    },
    {
      flags: '--declared-by <agent>',
      summary: 'with or instead of --hooks: an agent that says which tools it has; many times',
      parse: collect,
    },
    {
      flags: '--server <url>',
      summary: 'base address of the model provider, or of the HTTP API (default: the first in the document)',
    },
    {
      flags: '--query <pair>',
      summary: "of an HTTP API: 'name={secret:name}' in every query; many times",
      parse: collect,
    },
    {
      flags: '--basic <user:password>',
      summary: "of an HTTP API: HTTP Basic, as 'user:{secret:name}'",
    },
    {
      flags: '--header <pair>',
      summary: "'Name: value', with {secret:name} for a credential; many times",
      parse: collect,
    },
    { flags: '--allow-private', summary: 'the URL may be on this machine or a private network' },
    { flags: '--command <program>', summary: 'an MCP server over stdio' },
    { flags: '--arg <argument>', summary: 'one of its arguments, in order; many times', parse: collect },
    { flags: '--cwd <folder>', summary: 'its working folder' },
    {
      flags: '--env <pair>',
      summary: "'NAME=value', with {secret:name} for a credential; many times",
      parse: collect,
    },
    {
      flags: '--credential <json>',
      summary:
        'how its credential is got: \'{"kind": "oauth-user"}\' and others (docs/upstream-credentials.md)',
      parse: readCredential,
    },
    {
      flags: '--secret-max-age-days <days>',
      summary: 'calls are refused with a stored credential that is older',
      parse: parseCount,
    },
    {
      flags: '--authzen-mapping',
      summary: 'of an MCP server: also decide what its messages map to (docs/decision-api.md)',
    },
    {
      flags: '--remember <json>',
      summary: 'of an MCP server: what such mappings may know of earlier results (docs/decision-api.md)',
      parse: readRemembered,
    },
    { flags: '--environment <name>', summary: "where it works (default: the server's own)" },
    { flags: '--timeout <duration>', summary: 'for one call', parse: parseDuration },
  ],
  examples: [
    "upstreams add payments --mcp-url https://pay.example.com/mcp --header 'Authorization: Bearer {secret:payments-api-key}'",
    'upstreams add wiki --mcp-url https://wiki.example.com/mcp --credential \'{"kind": "oauth-user"}\'',
    "upstreams add billing --openapi billing.yaml --server https://billing.example.com/v1 --header 'Authorization: Bearer {secret:billing}'",
    'upstreams add claude-code --preset claude-code',
    'upstreams add openai --preset openai --secret openai-key',
    'upstreams add files --command mcp-server-filesystem --arg /srv/files',
  ],
  async run(session, { environment, hooks, preset, declaredBy, ...options }, name = '') {
    const peer = readPeer({
      ...options,
      ...(options.agent === undefined ? {} : { agent: await findAgentId(session.api(), options.agent) }),
    });
    const model = peer === undefined ? readModel({ preset, ...options }) : undefined;
    const tools = (peer ?? model) === undefined ? readHooks({ hooks, preset, declaredBy }) : undefined;
    const body = {
      name,
      ...(peer ?? model ?? tools ?? (await readPlace(options))),
      ...(environment === undefined ? {} : { environment }),
    };
    const added = await session.api().send<Added>('POST', '/v1/upstreams', body);
    if (model !== undefined) await confirmModel(session, name, added.tools);
    else if (preset !== undefined) await confirmTools(session, name, claudeCodeTools);
    if (session.json) session.print.item(added, []);
    else showTools(session, added.tools, added.refused);
    return undefined;
  },
});

type PlaceOptions = Omit<AddOptions, 'environment' | 'hooks' | 'preset' | 'declaredBy'>;

async function readPlace(
  options: PlaceOptions,
): Promise<{ kind: string; settings: object; document?: string }> {
  const { openapi, server: url, allowPrivate, header, query, basic, credential, ...rest } = options;
  if (openapi === undefined) {
    if ((url ?? query ?? basic) !== undefined)
      throw new CliError('--server, --query and --basic go with --openapi');
    return readSettings(options);
  }
  if ((rest.mcpUrl ?? rest.command ?? rest.authzenMapping ?? rest.remember) !== undefined)
    throw new CliError('give --openapi alone');
  const source = await readOpenApi(openapi);
  const settings = {
    ...source.settings,
    ...{ url, allowPrivate, credential },
    headers: header && readPairs(header, ':'),
    query: query && readPairs(query, '='),
    basic: basic === undefined ? undefined : readBasic(basic),
    ...{ timeoutSeconds: rest.timeout, secretMaxAgeDays: rest.secretMaxAgeDays },
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { kind: 'http', settings: Object.fromEntries(given), ...source.document };
}

function readBasic(text: string): { username: string; password: string } {
  const colon = text.indexOf(':');
  if (colon < 1) throw new CliError('--basic is not user:{secret:name}');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function readSettings(options: PlaceOptions): { kind: string; settings: object } {
  const {
    mcpUrl: url,
    header,
    allowPrivate,
    command,
    arg: args,
    cwd,
    env,
    timeout: timeoutSeconds,
    credential,
    secretMaxAgeDays,
    authzenMapping,
    remember,
  } = options;
  if ((url === undefined) === (command === undefined))
    throw new CliError('give one of --mcp-url, --openapi and --command');
  const mapped = authzenMapping === true ? { authzenMapping: 'on' } : {};
  const shared = { timeoutSeconds, credential, secretMaxAgeDays, remember, ...mapped };
  const settings =
    url === undefined
      ? { command, args, cwd, env: env && readPairs(env, '='), ...shared }
      : { url, allowPrivate, headers: header && readPairs(header, ':'), ...shared };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { kind: url === undefined ? 'mcp-stdio' : 'mcp-http', settings: Object.fromEntries(given) };
}

function readCredential(text: string): object {
  // Without the text: it may hold what should be in the secret store.
  return readObject(text, '--credential');
}

function readRemembered(text: string): object {
  return readObject(text, '--remember');
}

function readObject(text: string, option: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new CliError(`${option} is not a JSON object`);
}
