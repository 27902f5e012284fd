import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import { requireUpstreamUrl } from '../../outbound/address-guard.ts';
import type { FetchDocument } from '../../outbound/fetch-document.ts';
import type { Lookup } from '../../outbound/guarded-connector.ts';
import { modernRevision } from '../json-rpc.ts';
import type {
  UpstreamConnection,
  UpstreamReply,
  UpstreamRequest,
  UpstreamSettings,
} from '../live-upstream.ts';
import { openGuardedPool } from '../open-guarded-pool.ts';
import { describeSkills } from './describe-skills.ts';
import { messageTool, type PeerPlace, readPeerPlace } from './peer-place.ts';
import { readCard } from './read-card.ts';
import { sendToPeer } from './send-to-peer.ts';
import { writePeerRequest } from './write-peer-request.ts';

export interface PeerConnectionOptions {
  readonly name: string;
  readonly settings: UpstreamSettings;
  /** The pinned definition of a tool. */
  definitionOf(tool: string): JsonObject | undefined;
  readonly fetchDocument: FetchDocument;
  readonly lookup?: Lookup;
}

const connections = { calls: 128, streams: 1_024 };
const mostAtOnce = 1_024;
const methodUnknown = -32_601;

/** A peer agent (A2A 1.0, JSON-RPC) as an MCP server of its skills: one request a call, no redirects and no retries. */
export function connectPeer(options: PeerConnectionOptions): UpstreamConnection {
  const { settings, fetchDocument } = options;
  const url = requireUpstreamUrl(settings.url ?? '', settings.allowPrivate === true);
  const calls = openGuardedPool(url, options, connections.calls);
  const streams = openGuardedPool(url, options, connections.streams);
  let used = 0;

  const placeOf = (tool: string): PeerPlace => {
    const definition = options.definitionOf(tool);
    const place = definition && readPeerPlace(definition);
    if (place === undefined) throw new AppError('action.tool_unknown');
    return place;
  };
  const send = async (request: UpstreamRequest, place: PeerPlace): Promise<UpstreamReply> => {
    const written = writePeerRequest(request, place);
    if (used >= mostAtOnce) throw new AppError('server.overloaded');
    used++;
    try {
      return await sendToPeer({
        pool: written.isStream ? streams : calls,
        place,
        request,
        written,
        settings,
      });
    } finally {
      used--;
    }
  };

  return {
    async send(request) {
      const { message, signal, peer } = request;
      if (signal.aborted) throw signal.reason;
      const { id, method, params } = message;
      if (id === undefined) return { response: null, raw: null };
      if (method === 'tools/call')
        return send(request, placeOf(isJsonObject(params) ? String(params.name) : ''));
      // The ids in it are the peer's own, which nobody but the door may name.
      if (String(method).startsWith('tasks/') && peer !== undefined)
        return send(request, placeOf(messageTool));
      const answer =
        method === 'server/discover'
          ? { result: describePeer(options.name) }
          : { error: { code: methodUnknown, message: 'A peer agent has tools and nothing else.' } };
      return { response: { jsonrpc: '2.0', id, ...answer }, raw: null };
    },
    async listOperations() {
      return describeSkills(await readCard(settings, fetchDocument));
    },
    async close() {
      await Promise.all([calls.destroy(), streams.destroy()]);
    },
  };
}

function describePeer(name: string): JsonObject {
  return {
    resultType: 'complete',
    supportedVersions: [modernRevision],
    capabilities: { tools: {} },
    ttlMs: 0,
    cacheScope: 'private',
    _meta: { 'io.modelcontextprotocol/serverInfo': { name, version: '1' } },
  };
}
