import type { PinnedTool, UpstreamDirectory } from '../upstreams/index.ts';

/** The part of the directory that policies need. */
export type ToolSource = Pick<UpstreamDirectory, 'find' | 'list' | 'onChange'>;

/** All tools of all upstreams, also those that wait for a person: policies that name them stay valid. */
export function listPinnedTools(upstreams: ToolSource): readonly PinnedTool[] {
  return [...upstreams.list()].flatMap((upstream) => [...upstream.tools()]);
}
