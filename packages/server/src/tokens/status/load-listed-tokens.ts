import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { Platform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import { writeTerm } from '../../plugins/database/record-terms.ts';
import { longestInteractiveSeconds } from '../to-presented-token.ts';
import { readStatusListUrl } from './status-list-url.ts';
import { listSize, type RestoredToken } from './status-lists.ts';

const pageSize = 1_000;
/** Records are timed before they wait for their turn. */
const slackMilliseconds = 60_000;

/** The tokens issued by earlier processes that have not expired: their records say which place each was given. */
export async function loadListedTokens(parts: {
  readonly store: Pick<Store, 'sql'>;
  readonly platform: Pick<Platform, 'now'>;
  readonly issuer: string;
}): Promise<readonly RestoredToken[]> {
  const now = parts.platform.now();
  const oldest = now - longestInteractiveSeconds * 1000 - slackMilliseconds;
  const found: RestoredToken[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const rows = await selectIssued(parts.store, before);
    for (const { payload } of rows) {
      const restored = readIssued(JSON.parse(payload) as JsonValue, parts.issuer);
      if (restored !== undefined && restored.token.expiresAt > now) found.push(restored);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize || last.at < oldest) return found;
    before = last.seq;
  }
}

function selectIssued({ sql }: Pick<Store, 'sql'>, before: number) {
  return sql
    .selectFrom('ledger_terms')
    .innerJoin('ledger_entries', 'ledger_entries.seq', 'ledger_terms.seq')
    .innerJoin('ledger_payloads', 'ledger_payloads.seq', 'ledger_terms.seq')
    .select(['ledger_terms.seq', 'ledger_entries.at', 'ledger_payloads.payload'])
    .where('ledger_terms.term', '=', writeTerm('kind', 'token.issued'))
    .where('ledger_terms.seq', '<', before)
    .orderBy('ledger_terms.seq', 'desc')
    .limit(pageSize)
    .execute();
}

/** Undefined for a token of another issuer, whose URL was another, or of before there were lists. */
function readIssued(payload: JsonValue, issuer: string): RestoredToken | undefined {
  if (!isJsonObject(payload) || !isJsonObject(payload.body)) return undefined;
  const { agent, key, task, chain, body } = payload;
  const { token: jti, owner, expiresAt, status, workload } = body as JsonObject;
  if (!isJsonObject(status)) return undefined;
  const { idx, uri } = status;
  const list = typeof uri === 'string' ? readStatusListUrl(issuer, uri) : undefined;
  if (list === undefined || typeof idx !== 'number' || idx < 0 || idx >= listSize) return undefined;
  if (typeof jti !== 'string' || typeof agent !== 'string' || typeof owner !== 'string') return undefined;
  if (typeof expiresAt !== 'number') return undefined;
  const token = {
    ...{ jti, agentId: agent, ownerId: owner, expiresAt },
    taskId: typeof task === 'string' ? task : null,
    workload: typeof workload === 'string' ? workload : null,
    registeredKey: typeof key === 'string' ? key : null,
    chain: Array.isArray(chain) ? chain.filter((id) => typeof id === 'string') : [],
  };
  return { list, idx, token };
}
