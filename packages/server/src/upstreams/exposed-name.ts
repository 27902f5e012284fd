import { hash } from 'node:crypto';

const longestName = 64;
const digestCharacters = 16;

/**
 * What a tool or a prompt of one upstream is called where all upstreams are behind one address. No two share a name: what
 * stands before the first underscore is the upstream, whose name has none, and what stands after it says whether the rest
 * is a whole name (`files__read`) or the beginning of a long one with its digest (`files_-list-every…-3Fz…`).
 */
export function exposeName(upstream: string, name: string): string {
  const whole = `${upstream}__${name}`;
  if (whole.length <= longestName) return whole;
  const digest = hash('sha256', name, 'base64url').slice(0, digestCharacters);
  const room = Math.max(0, longestName - upstream.length - digestCharacters - 3);
  return `${upstream}_-${name.slice(0, room)}-${digest}`;
}

/** The upstream that an exposed name belongs to, and the name there where it is told whole. Hostile. */
export function readExposedName(
  exposed: string,
): { readonly upstream: string; readonly name: string | null } | undefined {
  const [, upstream, mark, rest = ''] = /^([a-z][a-z0-9-]{0,62})_([_-])(.*)$/s.exec(exposed) ?? [];
  if (upstream === undefined) return undefined;
  return { upstream, name: mark === '_' ? rest : null };
}
