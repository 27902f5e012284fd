import { type Effect, isEffect } from '@countersign/core';
import {
  type LedgerSource,
  readLedgerRecord,
  type StoredRecord,
  selectLedgerRecords,
} from '../../ledger/index.ts';

/** One decided call, as far as counting needs it. */
export interface DecidedCall {
  /** Of the decision. */
  readonly record: string;
  readonly at: number;
  readonly agentId: string;
  /** From the person's delegation to the acting agent's. */
  readonly chain: readonly string[];
  readonly upstream: string;
  /** The tool, or `@<operation>` as limits name what calls none. */
  readonly tool: string;
  readonly effects: readonly Effect[];
  /** Empty: unknown. */
  readonly dataDomain: string;
  readonly environment: string;
  readonly effect: 'allow' | 'step_up' | 'deny';
  readonly spend: { readonly minor: number; readonly currency: string } | null;
}

/** The calls decided in a part of the ledger, oldest first; what was erased or is no drill's real work is left out. */
export async function readCalls(
  store: LedgerSource,
  range: { readonly from: number; readonly to: number },
): Promise<readonly DecidedCall[]> {
  const rows = await selectLedgerRecords(store.sql)
    .where('entries.seq', '>=', range.from)
    .where('entries.seq', '<', range.to)
    .where('entries.kind', 'in', ['action.intent', 'action.decision'])
    .orderBy('entries.seq')
    .execute();
  const records = rows.map((row) => readLedgerRecord(store, row));
  const intents = new Map<string, StoredRecord>();
  for (const record of records) if (record.kind === 'action.intent') intents.set(record.id, record);
  const decisions = records.filter(({ kind, drill }) => kind === 'action.decision' && drill === undefined);
  await addMissing(store, decisions, intents);
  return decisions.flatMap((decision) => {
    const intent = intents.get(decision.causes[0] ?? '');
    const call = intent === undefined ? undefined : readCall(decision, intent);
    return call === undefined ? [] : [call];
  });
}

/** An intent stands just before its decision, and may be on the other side of where the part begins. */
async function addMissing(
  store: LedgerSource,
  decisions: readonly StoredRecord[],
  intents: Map<string, StoredRecord>,
): Promise<void> {
  const missing = decisions.flatMap(({ causes: [id] }) => (id === undefined || intents.has(id) ? [] : [id]));
  if (missing.length === 0) return;
  const rows = await selectLedgerRecords(store.sql).where('entries.id', 'in', missing).execute();
  for (const record of rows.map((row) => readLedgerRecord(store, row))) intents.set(record.id, record);
}

function readCall(decision: StoredRecord, intent: StoredRecord): DecidedCall | undefined {
  const { agent, chain, upstream } = intent;
  if (decision.body === undefined || intent.body === undefined) return undefined;
  if (agent === undefined || chain === undefined || chain.length === 0 || upstream === undefined)
    return undefined;
  const { effect, spend } = decision.body;
  if (effect !== 'allow' && effect !== 'step_up' && effect !== 'deny') return undefined;
  const { effects, dataDomain, operation } = intent.body;
  return {
    ...{ record: decision.id, at: decision.at, agentId: agent, chain, upstream, effect },
    tool: intent.tool ?? `@${String(operation).slice(0, 64)}`,
    effects: Array.isArray(effects) ? effects.filter(isEffect) : [],
    dataDomain: typeof dataDomain === 'string' ? dataDomain : '',
    environment: readEnvironment(decision.body.facts),
    spend: readSpend(spend),
  };
}

function readEnvironment(facts: unknown): string {
  if (typeof facts !== 'object' || facts === null || !('environment' in facts)) return '';
  return typeof facts.environment === 'string' ? facts.environment : '';
}

function readSpend(spend: unknown): DecidedCall['spend'] {
  if (typeof spend !== 'object' || spend === null || !('minor' in spend) || !('currency' in spend))
    return null;
  const { minor, currency } = spend;
  return typeof minor === 'number' && typeof currency === 'string' ? { minor, currency } : null;
}
