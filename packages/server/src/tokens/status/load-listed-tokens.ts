import { isJsonObject, type JsonObject } from '@countersign/core';
import {
  type LedgerSource,
  listLedgerStreams,
  readLedgerRecord,
  type StoredRecord,
  selectLedgerRecords,
} from '../../ledger/index.ts';
import type { Platform } from '../../platform/platform.ts';
import { writeTerm } from '../../plugins/database/record-terms.ts';
import { longestInteractiveSeconds } from '../to-presented-token.ts';
import { readStatusListUrl } from './status-list-url.ts';
import { listSize, type RestoredToken } from './status-lists.ts';

const pageSize = 1_000;
/** Records are timed before they wait for their turn. */
const slackMilliseconds = 60_000;

/** The tokens issued by earlier processes that have not expired: their records say which place each was given. */
export async function loadListedTokens(parts: {
  readonly store: LedgerSource;
  readonly platform: Pick<Platform, 'now'>;
  readonly issuer: string;
}): Promise<readonly RestoredToken[]> {
  const now = parts.platform.now();
  const oldest = now - longestInteractiveSeconds * 1000 - slackMilliseconds;
  const found: RestoredToken[] = [];
  for (const { start, end } of await listLedgerStreams(parts.store.sql)) {
    for (let before = end; before > start; ) {
      const rows = await selectIssued(parts.store, start, before);
      for (const row of rows) {
        const restored = readIssued(readLedgerRecord(parts.store, row), parts.issuer);
        if (restored !== undefined && restored.token.expiresAt > now) found.push(restored);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageSize || last.at < oldest) break;
      before = last.seq;
    }
  }
  return found;
}

function selectIssued({ sql }: LedgerSource, start: number, before: number) {
  return selectLedgerRecords(sql)
    .innerJoin('ledger_terms', 'ledger_terms.seq', 'entries.seq')
    .select('entries.at')
    .where('ledger_terms.term', '=', writeTerm('kind', 'token.issued'))
    .where('ledger_terms.seq', '>=', start)
    .where('ledger_terms.seq', '<', before)
    .orderBy('ledger_terms.seq', 'desc')
    .limit(pageSize)
    .execute();
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
