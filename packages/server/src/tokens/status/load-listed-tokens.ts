import { isJsonObject, type JsonObject } from '@countersign/core';
import {
  type LedgerSource,
  listLedgerStreams,
  readLedgerRecord,
  type StoredRecord,
  selectLedgerRecords,
} from '../../ledger/index.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import { writeTerm } from '../../plugins/database/record-terms.ts';
import { longestInteractiveSeconds } from '../to-presented-token.ts';
import { readStatusListUrl } from './status-list-url.ts';
import { listSize, type RestoredToken } from './status-lists.ts';

const pageSize = 1_000;
/** Records are timed before they wait for their turn. */
const slackMilliseconds = 60_000;

interface Parts {
  readonly store: LedgerSource & Pick<Store, 'seat'>;
  readonly platform: Pick<Platform, 'now'>;
  readonly issuer: string;
}

/** The tokens of earlier processes and other gateways that have not expired. */
export interface ListedTokens {
  /** All that were issued before it was made. */
  readonly found: readonly RestoredToken[];
  /** Those that other gateways have issued since it was last asked. */
  readMore(): Promise<readonly RestoredToken[]>;
}

/** Their records say which place each was given. */
export async function loadListedTokens(parts: Parts): Promise<ListedTokens> {
  const { sql, seat } = parts.store;
  const found: RestoredToken[] = [];
  /** Up to where each stream was read, by its beginning. */
  const ends = new Map<number, number>();
  for (const { start, end } of await listLedgerStreams(sql)) {
    found.push(...(await readBack(parts, start, end)));
    ends.set(start, end);
  }
  return {
    found,
    async readMore() {
      const more: RestoredToken[] = [];
      for (const { stream, start, end } of await listLedgerStreams(sql)) {
        if (stream === seat.stream) continue;
        more.push(...(await readOn(parts, ends.get(start) ?? start, end)));
        ends.set(start, end);
      }
      return more;
    },
  };
}

async function readBack(parts: Parts, start: number, end: number): Promise<readonly RestoredToken[]> {
  const oldest = parts.platform.now() - longestInteractiveSeconds * 1000 - slackMilliseconds;
  const found: RestoredToken[] = [];
  for (let before = end; before > start; ) {
    const rows = await selectIssued(parts.store, start, before).orderBy('ledger_terms.seq', 'desc').execute();
    found.push(...readValid(parts, rows));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize || last.at < oldest) break;
    before = last.seq;
  }
  return found;
}

async function readOn(parts: Parts, start: number, end: number): Promise<readonly RestoredToken[]> {
  const found: RestoredToken[] = [];
  for (let from = start; from < end; ) {
    const rows = await selectIssued(parts.store, from, end).orderBy('ledger_terms.seq').execute();
    found.push(...readValid(parts, rows));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) break;
    from = last.seq + 1;
  }
  return found;
}

function readValid(
  { store, platform, issuer }: Parts,
  rows: readonly Parameters<typeof readLedgerRecord>[1][],
): readonly RestoredToken[] {
  const now = platform.now();
  return rows
    .map((row) => readIssued(readLedgerRecord(store, row), issuer))
    .filter((restored) => restored !== undefined)
    .filter(({ token }) => token.expiresAt > now);
}

function selectIssued({ sql }: LedgerSource, start: number, before: number) {
  return selectLedgerRecords(sql)
    .innerJoin('ledger_terms', 'ledger_terms.seq', 'entries.seq')
    .select('entries.at')
    .where('ledger_terms.term', '=', writeTerm('kind', 'token.issued'))
    .where('ledger_terms.seq', '>=', start)
    .where('ledger_terms.seq', '<', before)
    .limit(pageSize);
}

/** Undefined for a token of another issuer, whose URL was another, or of before there were lists. */
function readIssued(record: StoredRecord, issuer: string): RestoredToken | undefined {
  const { agent, key, task, chain, body } = record;
  if (body === undefined) return undefined;
  const { token: jti, owner, expiresAt, status, workload } = body as JsonObject;
  if (!isJsonObject(status)) return undefined;
  const { idx, uri } = status;
  const list = typeof uri === 'string' ? readStatusListUrl(issuer, uri) : undefined;
  if (list === undefined || typeof idx !== 'number' || idx < 0 || idx >= listSize) return undefined;
  if (typeof jti !== 'string' || agent === undefined || typeof owner !== 'string') return undefined;
  if (typeof expiresAt !== 'number') return undefined;
  const token = {
    ...{ jti, agentId: agent, ownerId: owner, expiresAt },
    taskId: task ?? null,
    workload: typeof workload === 'string' ? workload : null,
    registeredKey: key ?? null,
    chain: chain ?? [],
  };
  return { list, idx, token };
}
