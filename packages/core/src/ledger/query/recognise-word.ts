import { ID_PREFIXES } from '../../ids.ts';
import { kindPattern } from './check-value.ts';
import type { QueryField } from './query.ts';
import { isDay, readMoment } from './read-moment.ts';

const id = /^([a-z]{3})_[0-9A-Za-z]{1,64}$/;
const trace = /^[0-9a-f]{32}$/;
const hexDigest = /^[0-9a-f]{64}$/;
const digest = /^[0-9A-Za-z_+/-]{43}=?$/;

/** What a bare word is about, by its shape alone; `word` when it may be a name, a tool or the value of an argument. */
export function recogniseWord(word: string): QueryField {
  const [, prefix = ''] = id.exec(word) ?? [];
  if (Object.hasOwn(ID_PREFIXES, prefix)) return 'id';
  if (trace.test(word)) return 'trace';
  if (hexDigest.test(word) || isDigest(word)) return 'hash';
  if (kindPattern.test(word)) return 'kind';
  return isDay(word) || readMoment(word, 0) !== undefined ? 'on' : 'word';
}

/** 32 random bytes in base64 have letters of both cases and digits, but for one in many millions; a long word has not. */
function isDigest(word: string): boolean {
  return digest.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) && /[0-9]/.test(word);
}
