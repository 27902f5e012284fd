import type { JsonObject } from '@countersign/core';
import type { Context } from '../context.ts';
import { exposeName, type LiveUpstream, type PinnedTool, type UpstreamReply } from '../upstreams/index.ts';
import { describeRequest } from './decide.ts';
import { isForEvery, listReachable } from './decide-for-every.ts';
import type { Armed } from './stages.ts';

const pageSize = 250;

/**
 * Answers `tools/list` from the pinned definitions, never from the upstream: what is quarantined, missing or could not
 * be allowed to this caller for any arguments is not shown. Private, because it depends on the caller.
 */
export async function listVisibleTools(context: Context, armed: Armed): Promise<UpstreamReply> {
  const visible = isForEvery(armed)
    ? (await listReachable(context, armed)).flatMap((target) =>
        listAt(context, armed, target).map((tool) => ({
          ...tool.definition,
          name: exposeName(target.name, tool.name),
        })),
      )
    : listAt(context, armed, armed.target).map((tool) => tool.definition);
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

function listAt(context: Context, armed: Armed, target: LiveUpstream): readonly PinnedTool[] {
  const request = describeRequest(context, { ...armed, target });
  return [...target.tools()].filter((tool) => {
    if (tool.state !== 'pinned') return false;
    const { effects, dataDomain, name } = tool;
    const call = { operation: 'call', tool, target: name, effects, dataDomain } as const;
    return context.policies.couldAllow({ ...request, ...call });
  });
}

function readCursor(outgoing: JsonObject): number {
  const params = outgoing.params as JsonObject | undefined;
  const cursor = params?.cursor;
  return typeof cursor === 'string' && /^\d{1,6}$/.test(cursor) ? Number(cursor) : 0;
}
