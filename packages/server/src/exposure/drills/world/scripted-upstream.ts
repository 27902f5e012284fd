import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import {
  modernRevision,
  type UpstreamConnection,
  type UpstreamReply,
  type UpstreamRequest,
} from '../../../upstreams/index.ts';
import type { ScriptedResult } from '../drill-schema.ts';

/** A tool as a fake upstream offers and plays it. */
export interface ScriptedTool {
  readonly definition: JsonObject & { readonly name: string };
  readonly results: readonly ScriptedResult[];
}

/** An upstream that is nothing but memory: no address, no process, nothing it could reach. */
export interface ScriptedUpstream {
  readonly connection: UpstreamConnection;
  /** What it offers from now on. */
  change(name: string, definition: ScriptedTool['definition']): void;
  /** Calls of tools that have reached it, also those that were cut there. */
  readonly reached: number;
}

export function createScriptedUpstream(script: readonly ScriptedTool[]): ScriptedUpstream {
  const tools = new Map(script.map((tool) => [tool.definition.name, tool]));
  const played = new Map<string, number>();
  let reached = 0;

  const play = async (request: UpstreamRequest): Promise<JsonObject> => {
    const { params } = request.message;
    const name = isJsonObject(params) && typeof params.name === 'string' ? params.name : '';
    const tool = tools.get(name);
    if (tool === undefined) throw new AppError('upstream.failed', { detail: 'no such tool in the drill' });
    reached += 1;
    const turn = played.get(name) ?? 0;
    played.set(name, turn + 1);
    const result = tool.results[Math.min(turn, tool.results.length - 1)];
    if (result === undefined) return { resultType: 'complete', content: [] };
    if ('hangs' in result) return untilCut(request.signal);
    if ('structured' in result) {
      const text = JSON.stringify(result.structured);
      return {
        resultType: 'complete',
        content: [{ type: 'text', text }],
        structuredContent: result.structured,
      };
    }
    return {
      resultType: 'complete',
      content: [{ type: 'text', text: result.text }],
      isError: result.isError,
    };
  };
  const answer = async (request: UpstreamRequest): Promise<JsonObject> => {
    switch (request.message.method) {
      case 'server/discover':
        return {
          ...{ resultType: 'complete', supportedVersions: [modernRevision], capabilities: { tools: {} } },
          ...{ ttlMs: 0, cacheScope: 'private' },
        };
      case 'tools/list': {
        const offered = [...tools.values()].map(({ definition }) => definition);
        return { resultType: 'complete', tools: offered, ttlMs: 0, cacheScope: 'private' };
      }
      case 'tools/call':
        return play(request);
      default:
        throw new AppError('upstream.failed', {
          detail: 'the upstream of a drill has tools and nothing else',
        });
    }
  };
  return {
    connection: {
      async send(request): Promise<UpstreamReply> {
        if (request.signal.aborted) throw request.signal.reason;
        const result = await answer(request);
        return { response: { jsonrpc: '2.0', id: request.message.id ?? null, result }, raw: null };
      },
      close: async () => undefined,
    },
    change(name, definition) {
      tools.set(name, { results: tools.get(name)?.results ?? [], definition });
    },
    get reached() {
      return reached;
    },
  };
}

function untilCut(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
