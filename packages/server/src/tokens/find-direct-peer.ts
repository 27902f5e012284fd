import type { UpstreamDirectory } from '../upstreams/index.ts';

/** The peer agent at exactly this address, where its operator lets agents call it themselves. */
export function findDirectPeer(
  upstreams: Pick<UpstreamDirectory, 'list'>,
  resource: string,
): string | undefined {
  const found = [...upstreams.list()].find(
    ({ kind, settings }) => kind === 'a2a' && settings.direct === true && settings.url === resource,
  );
  return found?.name;
}
