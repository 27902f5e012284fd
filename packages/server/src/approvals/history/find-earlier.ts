import { findArgumentValues, isJsonObject, type JsonValue } from '@countersign/core';
import type { Context } from '../../context.ts';
import { findRecords, type StoredRecord } from '../../ledger/index.ts';
import type { DecisionRequest } from '../../policies/index.ts';
import { selectIntents } from './select-intents.ts';

/** What is looked back at, and said where something is called unusual. */
export const HISTORY_DAYS = 30;

const dayMilliseconds = 24 * 60 * 60_000;
/** Bounds on what one question to a person may cost. */
const mostDecisions = 200;
const mostCandidates = 2_000;
const mostCalls = 100;

export interface EarlierCall {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly spend: { readonly minor: number; readonly currency: string } | null;
  /** Where it went; null when that is no longer known. */
  readonly destinations: readonly string[] | null;
}

/** Calls of the same tool by the same agent that were let through, the newest first. */
export interface Earlier {
  readonly calls: readonly EarlierCall[];
  /** Calls that policy refused in the last 24 hours. */
  readonly refused: number;
  /** False when there are more of them in the window than were looked at. */
  readonly isAll: boolean;
}

/** Reads back what the ledger says of decided calls: drills and calls that were never let out do not count. */
export async function findEarlier(
  context: Pick<Context, 'store' | 'platform'>,
  decision: DecisionRequest,
): Promise<Earlier> {
  // What is no tool cannot be found by a name.
  if (decision.tool === null) return { calls: [], refused: 0, isAll: false };
  const now = context.platform.now();
  const tool = `${decision.upstream}/${decision.tool.name}`;
  const { items, next } = await findRecords(
    context,
    {
      ...{ agent: decision.agent.id, tool, kind: 'action.decision' },
      ...{ from: now - HISTORY_DAYS * dayMilliseconds, limit: mostDecisions },
    },
    mostCandidates,
  );
  const real = items.filter(({ drill, agent }) => drill === undefined && agent === decision.agent.id);
  const allowed = real.filter(({ body }) => body?.effect === 'allow');
  const looked = allowed.slice(0, mostCalls);
  const intents = await selectIntents(
    context.store,
    looked.flatMap(({ causes }) => causes.slice(0, 1)),
  );
  return {
    calls: looked.map((record) => readCall(record, intents, decision)),
    refused: real.filter(({ body, at }) => body?.effect === 'deny' && at >= now - dayMilliseconds).length,
    isAll: next === null && allowed.length === looked.length && items.every(({ erased }) => !erased),
  };
}

function readCall(
  record: StoredRecord,
  intents: ReadonlyMap<string, StoredRecord>,
  decision: DecisionRequest,
): EarlierCall {
  const given = intents.get(record.causes[0] ?? '')?.body?.arguments as JsonValue | undefined;
  return {
    at: record.at,
    spend: readSpend(record.body?.spend as JsonValue | undefined),
    destinations: given === undefined ? null : listDestinations(decision, given),
  };
}

function readSpend(spend: JsonValue | undefined): EarlierCall['spend'] {
  if (!isJsonObject(spend)) return null;
  const { minor, currency } = spend;
  return typeof minor === 'number' && typeof currency === 'string' ? { minor, currency } : null;
}

/** Where a call goes, by what its arguments mean; equal places are written equally. */
export function listDestinations({ tool }: DecisionRequest, given: JsonValue): readonly string[] {
  const pointers = tool?.argumentRoles.filter(({ role }) => role === 'destination') ?? [];
  const values = pointers.flatMap(({ pointer }) => findArgumentValues(given, pointer).values);
  const named = values.flatMap((value) => (typeof value === 'string' ? [value.trim().toLowerCase()] : []));
  return [...new Set(named)].filter((value) => value !== '');
}
