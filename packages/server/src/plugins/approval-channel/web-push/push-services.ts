/** Where the browsers in use keep their push services: a host, or every host below it. */
const knownHosts = [
  'fcm.googleapis.com',
  'jmt17.google.com',
  '.push.services.mozilla.com',
  '.push.apple.com',
  '.notify.windows.com',
];

/**
 * Whether a browser's endpoint may be written to. It is a URL that somebody handed us: any other would let them make this
 * server call where they like. `allowed` are further origins, of services that the operator runs.
 */
export function readPushEndpoint(
  text: string,
  allowed: readonly string[],
): { readonly url: URL; readonly allowPrivate: boolean } | undefined {
  if (text.length > 1_024) return undefined;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
  if (allowed.some((origin) => URL.parse(origin)?.origin === url.origin)) return { url, allowPrivate: true };
  const isKnown = knownHosts.some((host) =>
    host.startsWith('.') ? url.hostname.endsWith(host) : url.hostname === host,
  );
  if (url.protocol !== 'https:' || url.port !== '' || !isKnown) return undefined;
  return { url, allowPrivate: false };
}
