import { AppError, recordKinds } from '@countersign/api';
import {
  type Clue,
  foldValue,
  type LedgerQuery,
  parseQuery,
  type QueryTerm,
  type ResolvedGroup,
  type ResolvedTerm,
  readMoment,
  readSpan,
} from '@countersign/core';
import type { Kysely } from 'kysely';
import { sha256 } from '../../platform/sha256.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { findDigest } from './find-digest.ts';
import { findNames } from './find-names.ts';

type Sql = Kysely<Schema>;

/** Reads what somebody typed. Throws `ledger.query_invalid`, which names the place and what was expected there. */
export function readQuery(text: string): LedgerQuery {
  const parsed = parseQuery(text);
  if ('query' in parsed) return parsed.query;
  const { at, expected } = parsed.flaw;
  throw new AppError('ledger.query_invalid', {
    detail: `at character ${at + 1}: expected ${expected}`,
    data: { at, expected },
  });
}

/** The query with its names looked up and its times counted from now; one group when it asks for nothing. */
export async function resolveQuery(
  sql: Sql,
  query: LedgerQuery,
  now: number,
): Promise<readonly ResolvedGroup[]> {
  const groups = query.groups.length === 0 ? [[]] : query.groups;
  return Promise.all(groups.map((group) => resolveGroup(sql, group, now)));
}

async function resolveGroup(sql: Sql, terms: readonly QueryTerm[], now: number): Promise<ResolvedGroup> {
  let [from, to] = [0, Number.MAX_SAFE_INTEGER];
  const resolved: ResolvedTerm[] = [];
  for (const term of terms) {
    const span = readTimes(term, now);
    from = Math.max(from, span.from);
    to = Math.min(to, span.to);
    if (!isTime(term)) resolved.push({ clues: await findClues(sql, term), negated: term.negated });
  }
  return { terms: resolved, from, to };
}

function isTime({ field }: QueryTerm): boolean {
  return field === 'from' || field === 'to' || field === 'on';
}

function readTimes({ field, value }: QueryTerm, now: number): { readonly from: number; readonly to: number } {
  const always = { from: 0, to: Number.MAX_SAFE_INTEGER };
  if (field === 'on') return readSpan(value) ?? always;
  if (field !== 'from' && field !== 'to') return always;
  return { ...always, [field]: readMoment(value, now) ?? always[field] };
}

async function findClues(sql: Sql, { field, value, at }: QueryTerm): Promise<readonly Clue[]> {
  switch (field) {
    case 'agent':
    case 'person':
      return looksLikeId(value) ? [{ by: 'id', value }] : findNames(sql, [field], value);
    case 'id':
    case 'action':
    case 'task':
    case 'approval':
    case 'delegation':
    case 'drill':
      return [{ by: 'id', value }];
    case 'kind':
      requireKind(value);
      return [{ by: 'kind', value }];
    case 'tool':
      return value.includes('/') ? [{ by: 'tool', value }] : findNames(sql, ['tool'], value);
    case 'arg':
      return [{ by: 'value', value: foldValue(value), ...(at === undefined ? {} : { at }) }];
    case 'session':
      return listSessionClues(value);
    case 'hash':
      return findDigest(sql, value);
    case 'word':
      return findWord(sql, value);
    case 'from':
    case 'to':
    case 'on':
      return [];
    default:
      return [{ by: field, value }];
  }
}

/** A bare word may be the name of anything, or a value. */
async function findWord(sql: Sql, value: string): Promise<readonly Clue[]> {
  const clues: Clue[] = [
    { by: 'value', value: foldValue(value) },
    { by: 'toolcall', value },
    { by: 'session', value: sha256(value) },
    { by: value.includes('/') ? 'tool' : 'upstream', value },
  ];
  return [...clues, ...(await findNames(sql, ['agent', 'person', 'tool'], value))];
}

/** By its own name, or as records hold it. */
function listSessionClues(value: string): readonly Clue[] {
  return [
    { by: 'session', value: sha256(value) },
    { by: 'session', value },
  ];
}

function looksLikeId(value: string): boolean {
  return /^(?:agt|per)_[0-9A-Za-z]{1,64}$/.test(value);
}

function requireKind(value: string): void {
  const isKnown = value.endsWith('*')
    ? recordKinds.some((kind) => kind.startsWith(value.slice(0, -1)))
    : recordKinds.some((kind) => kind === value);
  if (!isKnown)
    throw new AppError('ledger.query_invalid', {
      detail: `expected a kind of record, and there is no ${value}`,
    });
}
