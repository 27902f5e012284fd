import type { McpClient } from './mcp-client.ts';
import { type FoundServer, readServer } from './read-server.ts';
import { own } from './server-entries.ts';

/** What becomes of one entry of the client's file. */
export interface PlannedEntry {
  readonly name: string;
  /** `move`: behind the gateway. `add`: an upstream the client does not know yet. `keep`: it stays as it is. */
  readonly action: 'move' | 'add' | 'keep';
  readonly reason?: string;
  readonly upstream?: string;
  /** Where the client finds it from now on. */
  readonly url?: string;
  /** Names of the credentials that move into the secret store. */
  readonly secrets?: readonly string[];
}

export interface PlannedMove extends PlannedEntry {
  readonly action: 'move';
  readonly upstream: string;
  readonly url: string;
  readonly kind: 'mcp-http' | 'mcp-stdio';
  /** With references instead of credentials. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Values by the name they get in the secret store. Never shown. */
  readonly values: ReadonlyMap<string, string>;
}

export interface PlanOptions {
  readonly client: McpClient;
  readonly entries: ReadonlyMap<string, unknown>;
  /** Where Countersign is. */
  readonly server: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly importServers: boolean;
  /** Upstreams that the client shall know besides. */
  readonly upstreams: readonly string[];
}

/** What `connect` will do, before anything is done. */
export function planConnection(options: PlanOptions): readonly (PlannedEntry | PlannedMove)[] {
  const { entries, server, upstreams } = options;
  const planned = [...entries].map(([name, entry]) => planEntry(name, entry, options));
  const known = new Set(planned.flatMap((one) => one.upstream ?? []));
  const added = upstreams
    .filter((upstream) => !known.has(upstream))
    .map((upstream): PlannedEntry => {
      const taken = entries.has(upstream);
      const name = taken ? `countersign-${upstream}` : upstream;
      return { name, action: 'add', upstream, url: `${server}/mcp/${upstream}` };
    });
  return [...planned, ...added];
}

/** The upstream's name when the entry leads to this server already. */
export function findOwnUpstream(entry: unknown, server: string): string | undefined {
  const url = own(entry, 'url') ?? own(entry, 'httpUrl');
  const prefix = `${server}/mcp/`;
  return typeof url === 'string' && url.startsWith(prefix) ? url.slice(prefix.length) : undefined;
}

function planEntry(name: string, entry: unknown, options: PlanOptions): PlannedEntry | PlannedMove {
  const { server, environment, importServers } = options;
  const mine = findOwnUpstream(entry, server);
  if (mine !== undefined)
    return { name, action: 'keep', reason: 'it is behind the gateway already', upstream: mine };
  if (!importServers) return { name, action: 'keep', reason: 'nothing is imported' };
  const found = readServer(entry, environment);
  if ('reason' in found) return { name, action: 'keep', reason: found.reason };
  const upstream = toUpstreamName(name);
  if (upstream === '')
    return { name, action: 'keep', reason: 'its name has no letter that an upstream could have' };
  return {
    name,
    action: 'move',
    upstream,
    url: `${server}/mcp/${upstream}`,
    ...hideCredentials(upstream, found),
  };
}

/** Lower-case words with single hyphens, as upstreams are named. */
function toUpstreamName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 48);
}

type Hidden = Pick<PlannedMove, 'kind' | 'settings' | 'values' | 'secrets'>;

/** Every header is taken for a credential, and of the environment what is named like one. */
function hideCredentials(upstream: string, { settings }: FoundServer): Hidden {
  const values = new Map<string, string>();
  const refer = (name: string, value: string): string => {
    const secret = `${upstream}-${name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')}`.slice(0, 63);
    values.set(secret, value);
    return `{secret:${secret}}`;
  };
  if ('url' in settings) {
    const headers = mapValues(settings.headers, (name, value) => {
      const [, scheme = '', credential = value] = /^((?:Bearer|Basic|Token) )(.+)$/i.exec(value) ?? [];
      return scheme + refer(name, credential);
    });
    const address = { url: settings.url, ...(isPrivate(settings.url) ? { allowPrivate: true } : {}) };
    const kept = Object.keys(headers).length === 0 ? address : { ...address, headers };
    return { kind: 'mcp-http', settings: kept, values, secrets: [...values.keys()] };
  }
  const env = mapValues(settings.env, (name, value) =>
    /key|token|secret|password|passwd|credential|auth|pat$|dsn|url$/i.test(name) && value !== ''
      ? refer(name, value)
      : value,
  );
  const program = { command: settings.command, args: settings.args };
  const kept = Object.keys(env).length === 0 ? program : { ...program, env };
  return { kind: 'mcp-stdio', settings: kept, values, secrets: [...values.keys()] };
}

function mapValues(
  texts: Readonly<Record<string, string>>,
  change: (name: string, value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, change(name, value)]));
}

/** A name or address that only a private network has; the server checks what it really resolves to. */
function isPrivate(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === 'http:' || /^(?:localhost|127\.|10\.|192\.168\.|\[::1\])/.test(hostname);
}
