import { isObject, own } from './server-entries.ts';

/** A server as a client has it, ready to go behind the gateway. */
export interface FoundServer {
  readonly settings:
    | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
    | {
        readonly command: string;
        readonly args: readonly string[];
        readonly env: Readonly<Record<string, string>>;
      };
}

export type ReadServer = FoundServer | { readonly reason: string };

/** What an entry of any of the clients means, or why it stays where it is. Values come with their variables filled in. */
export function readServer(entry: unknown, environment: NodeJS.ProcessEnv): ReadServer {
  if (!isObject(entry)) return { reason: 'its entry is no table' };
  if (own(entry, 'disabled') === true || own(entry, 'enabled') === false)
    return { reason: 'it is switched off' };
  if (own(entry, 'type') === 'sse' || (own(entry, 'httpUrl') === undefined && isEventStream(entry))) {
    return { reason: 'it speaks the HTTP+SSE transport of 2024, which is not supported' };
  }
  const missing = new Set<string>();
  const fill = (text: string): string => fillIn(text, environment, missing);
  const url = own(entry, 'url') ?? own(entry, 'httpUrl');
  const command = own(entry, 'command');
  const found =
    typeof url === 'string'
      ? readHttp(fill(url), entry, fill)
      : typeof command === 'string'
        ? readProgram(fill(command), entry, fill)
        : { reason: 'it has neither a URL nor a command' };
  if (missing.size > 0) return { reason: `it needs ${[...missing].join(', ')}, which is not set here` };
  return found;
}

/** Gemini names a server of the old transport by `url` and one of today's by `httpUrl`; the path gives the old one away. */
function isEventStream(entry: object): boolean {
  const url = own(entry, 'url');
  return typeof url === 'string' && own(entry, 'type') === undefined && /\/sse\/?(?:\?|$)/.test(url);
}

function readHttp(url: string, entry: object, fill: (text: string) => string): ReadServer {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    return { reason: 'its URL is none of http or https' };
  if (parsed.username !== '' || parsed.search !== '') {
    return { reason: 'its URL carries what may be a credential; move that into a header' };
  }
  const headers = readTexts(own(entry, 'headers') ?? own(entry, 'http_headers') ?? {}, fill);
  if (headers === undefined) return { reason: 'its headers are not texts' };
  const variable = own(entry, 'bearer_token_env_var');
  // Codex names the variable that holds the token.
  if (typeof variable === 'string') headers.Authorization = fill(`Bearer \${${variable}}`);
  return { settings: { url, headers } };
}

function readProgram(command: string, entry: object, fill: (text: string) => string): ReadServer {
  const given = own(entry, 'args') ?? [];
  if (!Array.isArray(given) || !given.every((one) => typeof one === 'string')) {
    return { reason: 'its arguments are not texts' };
  }
  const args = given.map((one) => fill(String(one)));
  if (args.some(isCredentialArgument)) {
    return { reason: 'its arguments carry what may be a credential; move that into its environment' };
  }
  const env = readTexts(own(entry, 'env') ?? {}, fill);
  return env === undefined
    ? { reason: 'its environment is not texts' }
    : { settings: { command, args, env } };
}

function readTexts(value: unknown, fill: (text: string) => string): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const texts: [string, string][] = [];
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string' && typeof text !== 'number' && typeof text !== 'boolean') return undefined;
    texts.push([name, fill(String(text))]);
  }
  return Object.fromEntries(texts);
}

/** `${NAME}`, `${env:NAME}` and `${NAME:-default}`. What asks the person (`${input:…}`) cannot be filled in here. */
function fillIn(text: string, environment: NodeJS.ProcessEnv, missing: Set<string>): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (whole, inner: string) => {
    const [, name = '', fallback] = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/.exec(inner) ?? [];
    const value = environment[name] ?? fallback;
    if (name !== '' && value !== undefined) return value;
    missing.add(whole);
    return '';
  });
}

const credentialFlag = /^--?[a-z-]*(?:key|token|secret|password|credential)s?(?:=|$)/i;
const credentialValue = /^(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abp]|AKIA|eyJ)[-_A-Za-z0-9.]{12,}$/;

function isCredentialArgument(argument: string): boolean {
  const value = argument.slice(argument.indexOf('=') + 1);
  return credentialFlag.test(argument) || credentialValue.test(value);
}
