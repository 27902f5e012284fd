import type { Insertable } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { DecidedCall } from './read-calls.ts';

export const dayMilliseconds = 86_400_000;
const hourMilliseconds = 3_600_000;

export type UseRow = Insertable<Schema['delegation_use']>;

/** The calls as rows to add, each key once. */
export function sumByDelegation(calls: readonly DecidedCall[]): readonly UseRow[] {
  const rows = new Map<string, UseRow>();
  for (const call of calls) {
    for (const [index, delegationId] of call.chain.entries()) {
      const one = makeRow(call, delegationId, call.chain.length - 1 - index);
      const key = JSON.stringify([
        ...[one.delegation_id, one.day, one.agent_id, one.upstream, one.tool],
        ...[one.effects, one.data_domain, one.environment, one.currency],
      ]);
      const known = rows.get(key);
      if (known === undefined) {
        rows.set(key, one);
        continue;
      }
      known.allowed += one.allowed;
      known.denied += one.denied;
      known.asked += one.asked;
      known.spend_minor += one.spend_minor;
      known.last_at = one.last_at;
      known.last_record = one.last_record;
    }
  }
  return [...rows.values()];
}

function makeRow(call: DecidedCall, delegationId: string, depth: number): UseRow {
  const spent = call.effect === 'allow' ? call.spend : null;
  return {
    ...{ delegation_id: delegationId, agent_id: call.agentId, day: Math.floor(call.at / dayMilliseconds) },
    ...{ upstream: call.upstream, tool: call.tool.slice(0, 256), effects: JSON.stringify(call.effects) },
    ...{ data_domain: call.dataDomain, environment: call.environment, currency: spent?.currency ?? '' },
    ...{ is_own: depth === 0 ? 1 : 0, depth },
    allowed: call.effect === 'allow' ? 1 : 0,
    denied: call.effect === 'deny' ? 1 : 0,
    asked: call.effect === 'step_up' ? 1 : 0,
    spend_minor: spent?.minor ?? 0,
    ...{ first_at: call.at, last_at: call.at, last_record: call.record },
  };
}

export interface AgentDay {
  readonly agentId: string;
  readonly day: number;
  calls: number;
  denied: number;
  /** 24 counts. */
  readonly hours: number[];
  /** By hour, the last record of it. */
  readonly hourRecords: Record<string, string>;
  firstAt: number;
  lastAt: number;
  lastRecord: string;
}

export function sumByAgent(calls: readonly DecidedCall[]): readonly AgentDay[] {
  const days = new Map<string, AgentDay>();
  for (const { agentId, at, effect, record } of calls) {
    const day = Math.floor(at / dayMilliseconds);
    const hour = Math.floor((at % dayMilliseconds) / hourMilliseconds);
    const key = `${agentId} ${day}`;
    const one = days.get(key) ?? {
      ...{ agentId, day, calls: 0, denied: 0, hours: Array.from({ length: 24 }, () => 0) },
      ...{ hourRecords: {}, firstAt: at, lastAt: at, lastRecord: record },
    };
    days.set(key, one);
    one.calls += 1;
    one.denied += effect === 'deny' ? 1 : 0;
    one.hours[hour] = (one.hours[hour] ?? 0) + 1;
    one.hourRecords[hour] = record;
    one.lastAt = at;
    one.lastRecord = record;
  }
  return [...days.values()];
}
