import { createHmac } from 'node:crypto';
import type { CaptureWay } from '../../config/capture.ts';

export const leftOut = '[left out]';

export interface Cut {
  readonly way: CaptureWay;
  /** Of one record, and kept nowhere: nobody can try values against a digest, whatever they may read. */
  readonly key: Uint8Array;
}

/** What stands in the way of a pointer, such as JSON within a string, may hold what it means: it goes as a whole. */
export function cutAt(value: unknown, path: readonly string[], how: Cut, note: () => void): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value === 'string') {
    note();
    return first === undefined ? showCut(value, how) : leftOut;
  }
  if (typeof value !== 'object' || value === null) return value;
  const isAt = (name: string) => first === '*' || name.normalize('NFKC') === first.normalize('NFKC');
  if (Array.isArray(value))
    return value.map((item, index) => (isAt(String(index)) ? cutAt(item, rest, how, note) : item));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]): [string, unknown] => [
      name,
      isAt(name) ? cutAt(member, rest, how, note) : member,
    ]),
  );
}

function showCut(value: unknown, { way, key }: Cut): string {
  if (way === 'omit' || (typeof value !== 'string' && typeof value !== 'number')) return leftOut;
  const text = String(value);
  if (way === 'last4') return text.length < 12 ? leftOut : `[left out, ends in ${text.slice(-4)}]`;
  if (way === 'digest') return `[left out, digest ${digestUnder(key, value)}]`;
  const letters = [...text];
  // What is hardly longer than its beginning would stand there whole.
  if (letters.length < way.beginning * 2) return leftOut;
  return `${letters.slice(0, way.beginning).join('')} [the rest left out]`;
}

/** In groups, so that no form of a number is found in it. */
function digestUnder(key: Uint8Array, value: string | number): string {
  const digest = createHmac('sha256', key).update(JSON.stringify(value)).digest('hex');
  return [0, 8, 16, 24].map((at) => digest.slice(at, at + 8)).join(':');
}

/** JSON in a text, as results are kept. One that is none, or has no end any more, goes as a whole. */
export function cutInJson(text: string, path: readonly string[], how: Cut, note: () => void): string {
  let isCut = false;
  try {
    const cut = cutAt(JSON.parse(text), path, how, () => {
      isCut = true;
    });
    if (!isCut) return text;
    note();
    return JSON.stringify(cut);
  } catch {
    note();
    return leftOut;
  }
}

/** Instead of a bare digest of a short text, which anybody could try texts against. */
export function keyDigest(key: Uint8Array, digest: string): string {
  return `keyed:${createHmac('sha256', key).update(digest).digest('base64url')}`;
}
