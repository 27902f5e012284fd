const scheme = /^countersign\+([a-z][a-z0-9-]{0,62}):(.+)$/s;

/**
 * What a resource of one upstream, or a template of its resources, is called where all upstreams are behind one address:
 * a scheme with the upstream's name before the whole of its own URI (RFC 3986, path-rootless), which reads back as it was.
 */
export function exposeUri(upstream: string, uri: string): string {
  return `countersign+${upstream}:${uri}`;
}

/** The upstream that an exposed URI belongs to, and the URI there. Hostile. */
export function readExposedUri(
  exposed: string,
): { readonly upstream: string; readonly name: string } | undefined {
  const [, upstream, name] = scheme.exec(exposed) ?? [];
  return upstream === undefined || name === undefined ? undefined : { upstream, name };
}
