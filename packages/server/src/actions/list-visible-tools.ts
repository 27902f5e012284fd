import type { JsonObject } from '@countersign/core';
import type { Context } from '../context.ts';
import type { UpstreamReply } from '../upstreams/index.ts';
import { describeRequest } from './decide.ts';
import type { Armed } from './stages.ts';

const pageSize = 250;

/**
 * Answers `tools/list` from the pinned definitions, never from the upstream: what is quarantined, missing or could not
 * be allowed to this caller for any arguments is not shown. Private, because it depends on the caller.
 */
export function listVisibleTools(context: Context, armed: Armed): UpstreamReply {
  const request = describeRequest(context, armed);
  const visible: JsonObject[] = [];
  for (const tool of armed.target.tools()) {
    if (tool.state !== 'pinned') continue;
    const { effects, dataDomain, name: target } = tool;
    if (context.policies.couldAllow({ ...request, operation: 'call', tool, target, effects, dataDomain })) {
      visible.push(tool.definition);
    }
  }
  const start = readCursor(armed.message.outgoing);
  const end = start + pageSize;
  const result = {
    resultType: 'complete',
    tools: visible.slice(start, end),
    ttlMs: 0,
    cacheScope: 'private',
    ...(end < visible.length ? { nextCursor: String(end) } : {}),
  };
  return { response: { jsonrpc: '2.0', id: armed.message.outgoing.id ?? null, result }, raw: null };
}

function readCursor(outgoing: JsonObject): number {
  const params = outgoing.params as JsonObject | undefined;
  const cursor = params?.cursor;
  return typeof cursor === 'string' && /^\d{1,6}$/.test(cursor) ? Number(cursor) : 0;
}
