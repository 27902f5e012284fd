import { describeDecision } from '../ledger/describe-record.ts';
import type { Json, JsonMembers, LedgerRecord } from '../ledger/record.ts';
import type { Mark } from '../shown/decision-mark.tsx';

/** One attempted call as its records tell it. Texts in it come from agents and upstreams: show them honestly. */
export interface ActionLine {
  readonly action: string;
  readonly at: number;
  readonly agent: string | undefined;
  /** `<upstream>/<tool>`, or the method when no tool is called. */
  readonly target: string;
  readonly arguments: JsonMembers | undefined;
  readonly mark: Exclude<Mark, 'none'>;
  readonly verdict: string;
  /** Policies, a code, or what became of it. */
  readonly why: string;
  readonly approval: string | undefined;
  /** The record to open: the decision or refusal. */
  readonly record: string;
}

/** The calls that were decided or refused among these records, newest first. */
export function listActions(records: readonly LedgerRecord[]): readonly ActionLine[] {
  const byAction = Map.groupBy(
    records.filter((record) => record.action !== undefined),
    (record) => record.action ?? '',
  );
  return [...byAction]
    .flatMap(([action, members]) => readAction(action, members))
    .sort((a, b) => b.at - a.at);
}

function readAction(action: string, members: readonly LedgerRecord[]): readonly ActionLine[] {
  const find = (kind: LedgerRecord['kind']) => members.find((record) => record.kind === kind);
  const refused = find('action.refused');
  const decision = find('action.decision');
  const main = refused ?? decision;
  if (main === undefined) return [];
  const intent = find('action.intent');
  const requested = find('approval.requested');
  const ended = members.find((record) => endings.has(record.kind));
  const line = refused === undefined ? describeDecision(main.body ?? {}) : undefined;
  const facts = {
    action,
    at: main.at,
    agent: main.agent,
    target: nameTarget(main, intent),
    arguments: readMembers(intent?.body?.arguments),
    approval: requested?.approval ?? main.approval,
    record: main.id,
  };
  if (line === undefined) return [{ ...facts, mark: 'deny', verdict: 'refuse', why: readText(main, 'code') }];
  const mark = line.mark === 'none' ? 'deny' : line.mark;
  const outcome = find('action.outcome');
  const why = [line.words, describeEnd(outcome, ended)].filter((part) => part !== '').join(' · ');
  return [{ ...facts, mark, verdict: line.verdict, why }];
}

const endings: ReadonlySet<string> = new Set([
  'approval.granted',
  'approval.denied',
  'approval.expired',
  'approval.cancelled',
]);

function describeEnd(outcome: LedgerRecord | undefined, ended: LedgerRecord | undefined): string {
  if (outcome !== undefined) {
    const status = readText(outcome, 'status');
    return status === 'completed' ? 'done' : status.replaceAll('_', ' ');
  }
  return ended === undefined ? '' : ended.kind.slice('approval.'.length);
}

function nameTarget(main: LedgerRecord, intent: LedgerRecord | undefined): string {
  const upstream = main.upstream ?? '';
  if (main.tool !== undefined) return `${upstream}/${main.tool}`;
  const method = intent === undefined ? '' : readText(intent, 'method');
  return method === '' ? upstream : `${upstream} ${method}`;
}

function readText(record: LedgerRecord, name: string): string {
  const value = record.body?.[name];
  return typeof value === 'string' ? value : '';
}

function readMembers(value: Json | undefined): JsonMembers | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonMembers)
    : undefined;
}
