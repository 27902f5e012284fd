import type { Mark } from '../shown/decision-mark.tsx';
import type { Json, JsonMembers, LedgerRecord } from './record.ts';

/** A record in one line. `words` may hold text that others wrote: show it honestly. */
export interface RecordLine {
  readonly mark: Mark;
  /** What happened, in a word or two. */
  readonly verdict: string;
  readonly words: string;
}

export function describeRecord(record: LedgerRecord): RecordLine {
  const body = record.body ?? {};
  const text = (name: string): string => toText(body[name]);
  switch (record.kind) {
    case 'action.intent':
      return { mark: 'none', verdict: 'asks', words: text('method') };
    case 'action.decision':
      return describeDecision(body);
    case 'action.release':
      return { mark: 'allow', verdict: 'released', words: 'the approval is used up' };
    case 'action.outcome':
      return describeOutcome(text('status'), text('code'), body.upstreamMilliseconds);
    case 'action.refused':
      return { mark: 'deny', verdict: 'refused', words: text('code') };
    case 'approval.requested':
      return { mark: 'ask', verdict: 'asks a person', words: '' };
    case 'approval.voted':
      return { mark: 'none', verdict: 'voted', words: text('outcome') };
    case 'approval.granted':
      return { mark: 'allow', verdict: 'approved', words: '' };
    case 'approval.denied':
    case 'approval.expired':
    case 'approval.cancelled':
      return { mark: 'deny', verdict: record.kind.slice('approval.'.length), words: text('reason') };
    case 'signal.stopped':
      return { mark: 'deny', verdict: 'stopped', words: `${text('scope')}: ${text('reason')}` };
    default:
      return { mark: 'none', verdict: '', words: describeOther(record, text) };
  }
}

function describeOther(record: LedgerRecord, text: (name: string) => string): string {
  if (record.kind === 'policy.activated') return record.policyVersion ?? '';
  const [from, to] = [text('from'), text('to')];
  if (from !== '' && to !== '') return `${from} → ${to}`;
  return text('reason') || text('code') || text('purpose') || text('displayName') || text('name');
}

/** The verdict of a decision's body, with the policies or limits that determined it. */
export function describeDecision(body: JsonMembers): RecordLine {
  const policies = toText(body.policies);
  const words = body.decidedBy === 'approval' ? 'a person approved' : policies;
  if (body.effect === 'allow') return { mark: 'allow', verdict: 'allow', words };
  if (body.effect === 'step_up') return { mark: 'ask', verdict: 'ask', words };
  if (body.decidedBy === 'limits') return { mark: 'deny', verdict: 'deny', words: 'outside its limits' };
  return { mark: 'deny', verdict: 'deny', words: policies === '' ? 'no policy permits it' : policies };
}

function describeOutcome(status: string, code: string, milliseconds: Json | undefined): RecordLine {
  const took = typeof milliseconds === 'number' ? `${milliseconds} ms` : code;
  const verdict = status.replaceAll('_', ' ');
  const isBad = status === 'cut' || status === 'failed' || status === 'unknown';
  return { mark: isBad ? 'deny' : 'none', verdict, words: took };
}

function toText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item) => toText(item)).join(', ');
  return typeof value === 'number' ? String(value) : '';
}
