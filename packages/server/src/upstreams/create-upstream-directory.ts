import type { JsonObject } from '@countersign/core';
import type { Logger } from 'pino';
import { type FetchDocument, fetchDocument } from '../outbound/fetch-document.ts';
import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { connectPeer } from './a2a/connect-peer.ts';
import { actionKindOf } from './action-kind-of.ts';
import { type CheckArguments, createSchemaCompiler } from './compile-schema.ts';
import { connectHttp } from './connect-http.ts';
import { connectStdio } from './connect-stdio.ts';
import { connectHooks } from './hooks/connect-hooks.ts';
import { connectApi } from './http-api/connect-api.ts';
import { loadDocument } from './http-api/load-document.ts';
import type { LiveUpstream, UpstreamConnection, UpstreamDirectory, UpstreamRow } from './live-upstream.ts';
import { connectModel } from './models/connect-model.ts';
import { createLiveTool, type LiveTool, parseObject } from './pinned-tool.ts';

export interface DirectoryParts {
  readonly store: Store;
  readonly platform: Platform;
  readonly log: Logger;
  /** How documents of HTTP APIs are fetched, where not from the network. */
  readonly fetchDocument?: FetchDocument;
  /** Makes every connection, of whatever kind the upstream is, where nothing may reach the network. */
  readonly connect?: UpstreamDirectory['connect'];
}

interface Entry {
  readonly live: LiveUpstream;
  readonly tools: ReadonlyMap<string, LiveTool>;
  readonly settings: string;
  readonly document: string | null;
}

/** Loads what is stored; connections are made when they are first used. */
export async function createUpstreamDirectory(parts: DirectoryParts): Promise<UpstreamDirectory> {
  const entries = new Map<string, Entry>();
  const changed = createListeners<void>();
  const toolsChanged = createListeners<string>();
  const checkOf = createCheckCache();

  const connect = (row: UpstreamRow): UpstreamConnection => {
    if (parts.connect !== undefined) return parts.connect(row);
    const log = parts.log.child({ upstream: row.name });
    const { now } = parts.platform;
    const shared = {
      settings: parseObject(row.settings),
      now,
      onToolsChanged: () => toolsChanged.call(row.name),
    };
    const toolsOf = () => entries.get(row.name)?.tools;
    if (row.kind === 'http' || row.kind === 'model' || row.kind === 'a2a') {
      const api = {
        name: row.name,
        settings: shared.settings,
        definitionOf: (tool: string) => toolsOf()?.get(tool)?.definition,
        fetchDocument: parts.fetchDocument ?? fetchDocument,
      };
      if (row.kind === 'a2a') return connectPeer(api);
      return row.kind === 'model' ? connectModel(api) : connectApi({ ...api, document: row.document });
    }
    if (row.kind === 'hooks') return connectHooks(row);
    if (row.kind === 'mcp-stdio') return connectStdio({ ...shared, log });
    return connectHttp({
      ...shared,
      parametersOf: (tool) => toolsOf()?.get(tool)?.parameterHeaders ?? [],
    });
  };

  const directory: UpstreamDirectory = {
    find: (name) => entries.get(name)?.live,
    list: () => [...entries.values()].map(({ live }) => live),
    onChange: (listener) => changed.add(listener),
    onToolsChanged: (listener) => toolsChanged.add(listener),
    connect,
    loadDocument: (source) =>
      loadDocument({ ...source, fetchDocument: parts.fetchDocument ?? fetchDocument }),
    put(row, rows, given) {
      const last = entries.get(row.name);
      const isSame = last?.settings === row.settings && last.document === row.document;
      const kept = isSame ? last.live.connection : undefined;
      const connection = given ?? kept ?? connect(row);
      const tools = new Map(
        rows.map((tool) => [tool.name, createLiveTool(tool, actionKindOf(row), checkOf)]),
      );
      const settings = kept !== undefined && last ? last.live.settings : parseObject(row.settings);
      entries.set(row.name, {
        live: makeLive(row, settings, tools, connection),
        tools,
        settings: row.settings,
        document: row.document,
      });
      if (last !== undefined && last.live.connection !== connection) void last.live.connection.close();
      changed.call();
    },
    async drop(name) {
      const last = entries.get(name);
      if (!entries.delete(name)) return;
      changed.call();
      await last?.live.connection.close();
    },
    async close() {
      const open = [...entries.values()];
      entries.clear();
      await Promise.all(open.map(({ live }) => live.connection.close()));
    },
  };
  await load(parts.store, directory);
  return directory;
}

async function load(store: Store, directory: UpstreamDirectory): Promise<void> {
  const rows = await store.sql.selectFrom('upstreams').selectAll().orderBy('name').execute();
  const tools = await store.sql.selectFrom('tools').selectAll().orderBy('position').orderBy('name').execute();
  const byUpstream = Map.groupBy(tools, ({ upstream }) => upstream);
  for (const row of rows) directory.put(row, byUpstream.get(row.name) ?? []);
}

function makeLive(
  row: UpstreamRow,
  settings: LiveUpstream['settings'],
  tools: ReadonlyMap<string, LiveTool>,
  connection: UpstreamConnection,
): LiveUpstream {
  return {
    name: row.name,
    kind: row.kind,
    environment: row.environment,
    settings,
    tool: (name) => tools.get(name),
    tools: () => tools.values(),
    connection,
  };
}

const mostChecks = 10_000;

/** A digest stands for one definition, so its compiled check is good for as long as anyone asks for it. */
function createCheckCache(): (digest: string, definition: JsonObject) => CheckArguments {
  const compile = createSchemaCompiler();
  const checks = new Map<string, CheckArguments>();
  return (digest, definition) => {
    let check = checks.get(digest);
    if (check === undefined) {
      check = compileOrRefuse(() => compile(definition.inputSchema));
      if (checks.size >= mostChecks) checks.clear();
      checks.set(digest, check);
    }
    return check;
  };
}

function compileOrRefuse(compile: () => CheckArguments): CheckArguments {
  try {
    return compile();
  } catch {
    return () => ({ valid: false, detail: 'the input schema of the tool is not usable' });
  }
}

function createListeners<T>() {
  const listeners = new Set<(value: T) => void>();
  return {
    add(listener: (value: T) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    call(value: T): void {
      for (const listener of [...listeners]) listener(value);
    },
  };
}
