const name = /^[\w-]{12}$/;

/** Where a status list is served. */
export function statusListUrl(issuer: string, list: string): string {
  return `${issuer}/oauth/status/${list}`;
}

/** The list's name, or undefined when a stored or hostile URL is none of ours. */
export function readStatusListUrl(issuer: string, url: string): string | undefined {
  const prefix = `${issuer}/oauth/status/`;
  const list = url.slice(prefix.length);
  return url.startsWith(prefix) && name.test(list) ? list : undefined;
}
