import { AppError } from '@countersign/api';

/** Where a request goes, read in the only way there is to read it. */
export interface Address {
  readonly upstream: string;
  /** As it was sent, without the query: what a proof of possession names. */
  readonly path: string;
  /** Decoded, below the upstream; the last is empty after a trailing slash. */
  readonly segments: readonly string[];
  readonly query: readonly (readonly [name: string, value: string])[];
}

const doors = {
  http: /^\/http\/([a-z][a-z0-9-]{0,62})(\/.*)?$/,
  models: /^\/models\/([a-z][a-z0-9-]{0,62})(\/.*)?$/,
};
// RFC 3986 pchar; and no escape of what would end a segment, step upwards or end a text for another reader.
const plainPath =
  /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%(?!2[EeFf]|5[Cc]|[01][0-9A-Fa-f]|7[Ff])[0-9A-Fa-f]{2})*$/;
const mostPairs = 500;

/** Hostile: the request target. Throws `upstream.not_found`, `action.path_refused`, `action.malformed`. */
export function readAddress(target: string, door: keyof typeof doors = 'http'): Address {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const [, upstream, below = ''] = doors[door].exec(path) ?? [];
  if (upstream === undefined) throw new AppError('upstream.not_found');
  if (!plainPath.test(below)) throw refuse('a character or an escape that has more than one reading');
  const raw = below.split('/').slice(1);
  if (raw.some((one, i) => one === '.' || one === '..' || (one === '' && i < raw.length - 1)))
    throw refuse('dots or nothing between two slashes');
  const query = mark < 0 ? [] : readPairs(target.slice(mark + 1));
  return { upstream, path, segments: raw.map(decode), query };
}

/** `name=value` pairs as forms and queries have them. Throws `action.malformed`. */
export function readPairs(text: string): Address['query'] {
  if (text === '') return [];
  const parts = text.split('&');
  if (parts.length > mostPairs) throw new AppError('action.too_large', { detail: 'too many pairs' });
  return parts.map((part) => {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    return [
      decode(name.replaceAll('+', ' ')),
      decode(equals < 0 ? '' : part.slice(equals + 1).replaceAll('+', ' ')),
    ];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AppError('action.malformed', { detail: 'an escape that is no UTF-8' });
  }
}

function refuse(detail: string): AppError {
  return new AppError('action.path_refused', { detail });
}
