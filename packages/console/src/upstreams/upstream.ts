import { queryOptions } from '@tanstack/react-query';
import type { Json, JsonMembers } from '../ledger/record.ts';
import type { Page } from '../wire/page.ts';
import { getJson } from '../wire/request.ts';

export interface Upstream {
  readonly name: string;
  readonly kind: string;
  readonly environment: string;
  readonly createdAt: number;
}

export interface Tool {
  readonly upstream: string;
  readonly name: string;
  readonly description: string | null;
  readonly state: 'pinned' | 'quarantined' | 'missing';
  readonly digest: string;
  readonly offeredDigest: string | null;
  readonly effects: readonly string[];
  readonly dataDomain: string;
  readonly reversibility: string;
  readonly confirmed: boolean;
  readonly proposal: { readonly effects: readonly string[]; readonly because: readonly string[] };
  readonly findings: readonly {
    readonly kind: string;
    readonly grade: string;
    readonly path: string;
    readonly because: string;
  }[];
  readonly findingsDigest: string | null;
  readonly pinnedAt: number;
}

export interface ToolReview extends Tool {
  /** Null for a tool that was never accepted. */
  readonly pinned: JsonMembers | null;
  readonly offered: JsonMembers | null;
  readonly differences: readonly { readonly path: string; readonly before?: Json; readonly after?: Json }[];
}

export const upstreamsQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ['upstreams', cursor],
    queryFn: ({ signal }) => getJson<Page<Upstream>>('/v1/upstreams', { limit: 50, cursor }, signal),
  });

/** Every tool of an upstream: a held one must never hide on another page. */
export const toolsQuery = (upstream: string) =>
  queryOptions({
    queryKey: ['tools', upstream],
    queryFn: async ({ signal }) => {
      const tools: Tool[] = [];
      let cursor: string | undefined;
      do {
        const path = `/v1/upstreams/${encodeURIComponent(upstream)}/tools`;
        const page = await getJson<Page<Tool>>(path, { limit: 200, cursor }, signal);
        tools.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && tools.length < mostTools);
      return { tools, isWhole: cursor === undefined };
    },
  });

const mostTools = 5_000;

export const toolPath = (upstream: string, tool: string): string =>
  `/v1/upstreams/${encodeURIComponent(upstream)}/tools/${encodeURIComponent(tool)}`;

export const toolQuery = (upstream: string, tool: string) =>
  queryOptions({
    queryKey: ['tool', upstream, tool],
    queryFn: ({ signal }) => getJson<ToolReview>(toolPath(upstream, tool), {}, signal),
    // What a person is about to accept must not change under their eyes; accepting names the digest they saw.
    refetchOnWindowFocus: false,
  });
