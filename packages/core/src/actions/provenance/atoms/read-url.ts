import { decodeUnreserved } from '../decodings/decode-percent.ts';
import { dropWww, readHost } from './read-host.ts';
import { readPath } from './read-path.ts';

const LONGEST = 2048;

export interface ReadUrl {
  /** Comparable: without `http:`, `https:`, `www.`, the scheme's own port, the fragment, and a slash at the end (RFC 3986 §6). */
  readonly url: string;
  readonly host: string;
  /** Whether it names the host alone. */
  readonly isHost: boolean;
}

/** An URL, or the same without its scheme, folded. Credentials and other ports stay: they name another place. */
export function readUrl(text: string): ReadUrl | undefined {
  if (text.length > LONGEST) return undefined;
  const marked = text.indexOf('://');
  const scheme = marked === -1 ? 'https' : text.slice(0, marked);
  const rest = (marked === -1 ? text : text.slice(marked + 3)).split('#', 1)[0] ?? '';
  const cut = rest.search(/[/?]/);
  const authority = cut === -1 ? rest : rest.slice(0, cut);
  const isWeb = scheme === 'https' || scheme === 'http';
  const place = dropWww(isWeb ? authority.replace(/:(?:443|80)?$/, '') : authority);
  const named = place.slice(place.lastIndexOf('@') + 1).replace(/:\d{1,5}$/, '');
  const host = readHost(named) ?? named;
  if (host === '') return undefined;
  const [path = '', ...queries] = cut === -1 ? [''] : decodeUnreserved(rest.slice(cut)).split('?');
  const query = queries.join('?');
  const clean = readPath(path);
  if (clean === undefined) return undefined;
  const url = `${isWeb ? '' : `${scheme}://`}${place}${clean === '/' ? '' : clean}${query === '' ? '' : `?${query}`}`;
  return { url, host, isHost: url === host };
}
