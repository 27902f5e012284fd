import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import { requireUpstreamUrl } from '../../outbound/address-guard.ts';
import type { FetchDocument } from '../../outbound/fetch-document.ts';
import type { Lookup } from '../../outbound/guarded-connector.ts';
import { metaKeys, modernRevision } from '../json-rpc.ts';
import type {
  UpstreamConnection,
  UpstreamReply,
  UpstreamRequest,
  UpstreamSettings,
} from '../live-upstream.ts';
import { openGuardedPool } from '../open-guarded-pool.ts';
import { type ImportedApi, importOperations } from './import-operations.ts';
import { loadDocument } from './load-document.ts';
import { readOperation } from './operation.ts';
import { renderRequest } from './render-request.ts';
import { sendOperation } from './send-operation.ts';

export interface ApiConnectionOptions {
  readonly name: string;
  readonly settings: UpstreamSettings;
  /** The document itself, when a person gave it. */
  readonly document: string | null;
  /** The pinned definition of a tool. */
  definitionOf(tool: string): JsonObject | undefined;
  readonly fetchDocument: FetchDocument;
  readonly lookup?: Lookup;
}

/** Event streams stay open and so have connections of their own: however many listen, calls find theirs. */
const connections = { calls: 128, streams: 1_024 };
const mostAtOnce = 1_024;
const methodUnknown = -32_601;

/** An HTTP API as an MCP server of its operations: each call is one request, with no redirects and no retries. */
export function connectApi(options: ApiConnectionOptions): UpstreamConnection {
  const { settings } = options;
  const url = requireUpstreamUrl(settings.url ?? '', settings.allowPrivate === true);
  const calls = openGuardedPool(url, options, connections.calls);
  const streams = openGuardedPool(url, options, connections.streams);
  let used = 0;

  const call = async (request: UpstreamRequest, params: JsonObject): Promise<UpstreamReply> => {
    const definition = options.definitionOf(String(params.name));
    const operation = definition && readOperation(definition);
    if (operation === undefined) throw new AppError('action.tool_unknown');
    const given = isJsonObject(params.arguments) ? params.arguments : {};
    const rendered = renderRequest(operation, given);
    const needsUpload = isJsonObject(given.upload);
    if (needsUpload !== (request.exchange?.upload !== undefined))
      throw new AppError('action.arguments_invalid', {
        detail: 'a body that is passed on unread needs the HTTP door',
      });
    if (used >= mostAtOnce) throw new AppError('server.overloaded');
    const pool = request.exchange?.accept.includes('text/event-stream') ? streams : calls;
    used++;
    try {
      return await sendOperation({ pool, url, operation, rendered, request, settings });
    } finally {
      used--;
    }
  };

  return {
    send(request) {
      const { message, signal } = request;
      if (signal.aborted) return Promise.reject(signal.reason);
      const { id, method, params } = message;
      if (id === undefined) return Promise.resolve({ response: null, raw: null });
      if (method === 'tools/call') return call(request, isJsonObject(params) ? params : {});
      const answer =
        method === 'server/discover'
          ? { result: describeApi(options.name) }
          : { error: { code: methodUnknown, message: 'An HTTP API has tools and nothing else.' } };
      return Promise.resolve({ response: { jsonrpc: '2.0', id, ...answer }, raw: null });
    },
    async listOperations(): Promise<ImportedApi> {
      return importOperations(await loadDocument(options), listOwn(settings));
    },
    async close() {
      await Promise.all([calls.destroy(), streams.destroy()]);
    },
  };
}

function describeApi(name: string): JsonObject {
  return {
    resultType: 'complete',
    supportedVersions: [modernRevision],
    capabilities: { tools: {} },
    ttlMs: 0,
    cacheScope: 'private',
    _meta: { [metaKeys.serverInfo]: { name, version: '1' } },
  };
}

/** What the gateway itself puts on requests, or would if asked to. */
function listOwn({ headers = {}, query = {} }: UpstreamSettings) {
  return {
    headers: new Set(Object.keys(headers).map((name) => name.toLowerCase())),
    query: new Set(Object.keys(query)),
  };
}
