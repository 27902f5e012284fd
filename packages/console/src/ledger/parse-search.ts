import { type RecordKind, recordKinds } from '@countersign/api';
import type { RecordSearch } from './record.ts';

/** What one search box understands: any id, a kind of record, an upstream, or `<upstream>/<tool>`. */
export function parseSearch(text: string): RecordSearch | undefined {
  const word = text.trim();
  if (word === '' || word.length > 264) return undefined;
  if (/^[a-z]{3}_[0-9A-Za-z]{1,64}$/.test(word)) return { id: word };
  if (isKind(word)) return { kind: word };
  if (/^[a-z][a-z0-9-]{0,62}$/.test(word)) return { upstream: word };
  const [, upstream, tool] = /^([a-z][a-z0-9-]{0,62})\/(\S.{0,198})$/.exec(word) ?? [];
  return upstream === undefined || tool === undefined ? undefined : { tool: `${upstream}/${tool}` };
}

function isKind(word: string): word is RecordKind {
  return recordKinds.some((kind) => kind === word);
}
