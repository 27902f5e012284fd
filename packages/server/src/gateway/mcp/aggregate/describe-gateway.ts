import type { JsonObject } from '@countersign/core';
import { modernRevision } from '../../../upstreams/index.ts';
import { tasksExtension } from '../translate-message.ts';

/** The answer to `server/discover` where all upstreams are behind one address: what each has under names that say whose it is. */
export function describeGateway(id: string | number | null): JsonObject {
  const result = {
    resultType: 'complete',
    supportedVersions: [modernRevision],
    capabilities: {
      ...{ completions: {}, prompts: {}, resources: {}, tools: {} },
      extensions: { [tasksExtension]: {} },
    },
    instructions:
      'Names begin with the upstream that a tool or a prompt is of, as in files__read; URIs of resources do, as in countersign+files:file:///readme.',
    ttlMs: 0,
    cacheScope: 'private',
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'countersign', version: '1' } },
  };
  return { jsonrpc: '2.0', id, result };
}
