import type { JsonObject } from '@countersign/core';
import { modernRevision } from '../../../upstreams/index.ts';

/** The answer to `server/discover` where all upstreams are behind one address: their tools, and nothing that has no prefix. */
export function describeGateway(id: string | number | null): JsonObject {
  const result = {
    resultType: 'complete',
    supportedVersions: [modernRevision],
    capabilities: { tools: {} },
    instructions: 'Names begin with the upstream that a tool is of, as in files__read.',
    ttlMs: 0,
    cacheScope: 'private',
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'countersign', version: '1' } },
  };
  return { jsonrpc: '2.0', id, result };
}
