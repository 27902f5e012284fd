import { AppError } from '@countersign/api';
import { exposeName, readExposedName } from './exposed-name.ts';
import type { LiveUpstream, UpstreamDirectory } from './live-upstream.ts';

/** Stands for all upstreams together, where they are behind one address; no upstream can be called so. */
export const everyUpstream = '*';

/** What is asked of all of them at once: it has no tools of its own, and nothing is ever sent to it. */
export function describeEvery(environment: string): LiveUpstream {
  return {
    name: everyUpstream,
    kind: 'mcp-http',
    environment,
    settings: {},
    tool: () => undefined,
    tools: () => [],
    connection: {
      send: () => Promise.reject(new AppError('upstream.not_found')),
      close: async () => {},
    },
  };
}

/** Which upstream, and which of its tools, an exposed name means; undefined when none. */
export function findExposedTool(
  upstreams: Pick<UpstreamDirectory, 'find'>,
  exposed: string,
): { readonly upstream: string; readonly name: string } | undefined {
  const read = readExposedName(exposed);
  const upstream = read && upstreams.find(read.upstream);
  if (read === undefined || upstream === undefined) return undefined;
  if (read.name !== null) {
    // A long name that is spelled out is not how it was given.
    return exposeName(upstream.name, read.name) === exposed
      ? { upstream: upstream.name, name: read.name }
      : undefined;
  }
  const [tool, ...others] = [...upstream.tools()].filter(
    ({ name }) => exposeName(upstream.name, name) === exposed,
  );
  return tool === undefined || others.length > 0 ? undefined : { upstream: upstream.name, name: tool.name };
}
