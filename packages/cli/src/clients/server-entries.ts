import { applyEdits, modify, type ParseError, parse as parseJson } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { CliError } from '../cli-error.ts';
import type { McpClient } from './mcp-client.ts';
import { removeTable, writeTable } from './toml-tables.ts';

type Entries = ReadonlyMap<string, unknown>;

/** The servers in a client's file, by name. Throws `CliError` for a file that cannot be read as what it should be. */
export function readEntries(client: McpClient, text: string, path: string): Entries {
  const file = client.format === 'json' ? readJson(text, path) : readToml(text, path);
  const servers = own(file, client.member);
  if (servers === undefined) return new Map();
  if (!isObject(servers)) throw new CliError(`${path}: ${client.member} is no table of servers`);
  return new Map(Object.entries(servers));
}

/** Null takes an entry out. Everything else in the file stays as it is, comments and order included. */
export type Changes = ReadonlyMap<string, Readonly<Record<string, unknown>> | null>;

/** The file with the changes; checked by reading it back, so that what is written is what was meant. */
export function changeEntries(client: McpClient, text: string, changes: Changes, path: string): string {
  const wanted = new Map(readEntries(client, text, path));
  let changed = text;
  for (const [name, entry] of changes) {
    if (entry === null) wanted.delete(name);
    else wanted.set(name, entry);
    changed =
      client.format === 'json'
        ? changeJson(client, changed, name, entry)
        : changeToml(client, changed, name, entry);
  }
  const read = readEntries(client, changed, path);
  if (sortKeys(Object.fromEntries(read)) !== sortKeys(Object.fromEntries(wanted))) {
    throw new CliError(`${path} is written in a way that cannot be changed safely; nothing was changed`);
  }
  return changed;
}

/** Throws `CliError` for what is no JSON object. */
export function readJson(text: string, path: string): unknown {
  if (text.trim() === '') return {};
  const problems: ParseError[] = [];
  const value: unknown = parseJson(text, problems, { allowTrailingComma: true });
  if (problems.length > 0 || !isObject(value)) throw new CliError(`${path} is not JSON`);
  return value;
}

function readToml(text: string, path: string): unknown {
  try {
    return parseToml(text);
  } catch (cause) {
    throw new CliError(`${path} is not TOML`, { cause });
  }
}

function changeJson(client: McpClient, text: string, name: string, entry: object | null): string {
  const formattingOptions = { insertSpaces: !/^\t/m.test(text), tabSize: /^ {4}"/m.test(text) ? 4 : 2 };
  const value = entry === null ? undefined : entry;
  const source = text.trim() === '' ? '{}\n' : text;
  return applyEdits(source, modify(source, [client.member, name], value, { formattingOptions }));
}

function changeToml(client: McpClient, text: string, name: string, entry: object | null): string {
  const without = removeTable(text, [client.member, name]);
  return entry === null ? without : writeTable(without, [client.member, name], entry);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Only own members count: a file may name anything. */
export function own(value: unknown, member: string): unknown {
  return isObject(value) && Object.hasOwn(value, member) ? value[member] : undefined;
}

function sortKeys(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
