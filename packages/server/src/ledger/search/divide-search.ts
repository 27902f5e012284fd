import type { Kysely } from 'kysely';
import { streamOf } from '../../plugins/database/ledger-streams.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { findTime, type StreamRange } from '../streams/list-streams.ts';
import { readPlace } from '../streams/place.ts';

/** What is looked at of one stream. */
export interface SearchPart {
  readonly range: StreamRange;
  /** The `seq`s that are asked for, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Epoch milliseconds, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

export interface DividedSearch {
  readonly cursor?: string | undefined;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * What is asked for of each stream. Before or after a record is by place in its own stream and by time in the others; a page
 * goes on in the streams that its cursor names.
 */
export async function divideSearch(
  sql: Kysely<Schema>,
  search: DividedSearch,
  streams: readonly StreamRange[],
): Promise<readonly SearchPart[]> {
  const { cursor, after, before, from = 0, to = Number.MAX_SAFE_INTEGER } = search;
  const place = cursor === undefined ? undefined : readPlace(cursor);
  const isOne = streams.length === 1;
  const afterAt = after === undefined || isOne ? undefined : await findTime(sql, after);
  const beforeAt = before === undefined || isOne ? undefined : await findTime(sql, before);
  return streams.flatMap((range) => {
    const { stream, start, end } = range;
    const left = place === undefined ? end : place.get(stream);
    if (left === undefined) return [];
    const isAfterHere = after !== undefined && streamOf(after) === stream;
    const isBeforeHere = before !== undefined && streamOf(before) === stream;
    return {
      range,
      start: isAfterHere ? Math.max(start, after + 1) : start,
      end: Math.min(end, left, isBeforeHere ? before : end),
      from: isAfterHere ? from : Math.max(from, afterAt ?? 0),
      to: isBeforeHere ? to : Math.min(to, beforeAt ?? to),
    };
  });
}
