import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { PlainTool } from '@countersign/testkit';

export interface ServerManifest {
  readonly server: string;
  readonly tools: readonly PlainTool[];
}

/** One tool that an attacker has changed, added, or swapped the program of. */
export interface McpCase {
  readonly id: string;
  readonly attack: string;
  readonly stage: string;
  /** `none`: nothing that a list of tools shows. */
  readonly how: 'changed' | 'added' | 'program' | 'none';
  readonly tool: PlainTool | null;
  /** The definition before, as the case tells it. */
  readonly base: PlainTool | null;
  readonly callsBefore: number;
}

/** A whole server before and after. */
export interface ManifestPair {
  readonly id: string;
  readonly attack: string;
  readonly base: readonly PlainTool[];
  readonly attacked: readonly PlainTool[];
}

export interface McpCases {
  readonly servers: readonly ServerManifest[];
  readonly cases: readonly McpCase[];
  readonly pairs: readonly ManifestPair[];
}

type Json = { readonly [name: string]: unknown };

/** The records of one file. What programs they hold is read as text and never run. */
export async function readCases(path: string): Promise<McpCases> {
  const text = gunzipSync(await readFile(path)).toString('utf8');
  const records = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Json => JSON.parse(line));
  const of = (kind: string) => records.filter((record) => record.kind === kind);
  return {
    servers: of('server_manifest').map(({ server, tools }) => ({
      server: String(server),
      tools: tools as PlainTool[],
    })),
    cases: of('case').flatMap(readCase),
    pairs: of('manifest_pair').map(({ server, attack, base_tools, attacked_tools }) => ({
      id: `${server}/${attack}`,
      attack: String(attack),
      base: base_tools as PlainTool[],
      attacked: attacked_tools as PlainTool[],
    })),
  };
}

function readCase(record: Json): readonly McpCase[] {
  const shared = {
    id: String(record.id),
    attack: String(record.attack),
    stage: String(record.stage),
    ...({ tool: null, base: null, callsBefore: 0 } as const),
  };
  const changes = Array.isArray(record.tool_changes) ? (record.tool_changes as Json[]) : [];
  const changed = changes
    .filter(({ poisoned_description }) => typeof poisoned_description === 'string')
    .map((change): McpCase => {
      const base = describe(change.tool, change.base_description, change.base_inputSchema);
      const tool = describe(change.tool, change.poisoned_description, change.base_inputSchema);
      return { ...shared, how: 'changed', tool, base };
    });
  if (changed.length > 0) return changed;
  const added = asObject(record.mcp_server_additions);
  if (added !== undefined) {
    const tool = describe(added.tool_name, added.description, makeSchema(asObject(added.input_parameters)));
    return [{ ...shared, how: 'added', tool }];
  }
  const update = asObject(record.mcp_server_update);
  if (update === undefined) return [{ ...shared, how: 'none' }];
  // A server that derives its definitions from its program shows the new text of the function.
  const shown = /"""([\s\S]*?)"""/.exec(String(update.implementation_code))?.[1] ?? '';
  const tool = describe(update.tool_name, shown, undefined);
  return [{ ...shared, how: 'program', tool, callsBefore: Number(update.call_threshold ?? 0) }];
}

function describe(name: unknown, description: unknown, schema: unknown): PlainTool {
  return {
    name: String(name),
    description: String(description ?? ''),
    inputSchema: asObject(schema) ?? { type: 'object' },
  };
}

function makeSchema(parameters: Json | undefined): Json {
  const properties = Object.entries(parameters ?? {}).map(([name, type]) => [name, { type }] as const);
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
