import type { LedgerRecord } from '@countersign/api';

/** Terms are cut here, because an upstream's or tool's name in a refused call may be hostile and endless. */
const maximumTermLength = 256;

/**
 * What a record can be found by besides its own id: every other id it names, its kind, its upstream and its tool. Each
 * term once. A record costs one index row per term, so what another term finds too (the key, the policy version) is none.
 */
export function listRecordTerms(record: LedgerRecord): readonly string[] {
  const terms = new Set<string>();
  visitRecordTerms(record, (term) => terms.add(term));
  return [...terms];
}

/** The same without a list; a term may come more than once. */
export function visitRecordTerms(record: LedgerRecord, visit: (term: string) => void): void {
  const { action, agent, task, person, approval, drill, session, upstream, tool, toolCall, trace } = record;
  const visitId = (id: string | undefined) => id !== undefined && visit(writeTerm('id', id));
  visit(writeTerm('kind', record.kind));
  visitId(action);
  visitId(agent);
  visitId(task);
  visitId(person);
  visitId(approval);
  visitId(drill);
  record.agents?.forEach(visitId);
  record.chain?.forEach(visitId);
  record.causes.forEach(visitId);
  if (session !== undefined) visit(writeTerm('session', session));
  if (toolCall !== undefined) visit(writeTerm('toolcall', toolCall));
  if (trace !== undefined) visit(writeTerm('trace', trace));
  if (upstream !== undefined) visit(writeTerm('upstream', upstream));
  if (tool !== undefined) visit(writeTerm('tool', `${upstream ?? ''}/${tool}`));
  if (record.policyVersion !== undefined) visit(writeTerm('policy', record.policyVersion));
  if (record.kind === 'task.span_told') visitSpanTerms(record, visit);
  if (record.kind.startsWith('action.')) visitActionTerms(record, visit);
}

/** Which span it is, and in which it was begun: a flood of others in the same trace cannot hide it. */
function visitSpanTerms({ body, trace }: LedgerRecord, visit: (term: string) => void): void {
  if (trace === undefined) return;
  if (typeof body.span === 'string') visit(writeTerm('span', `${trace}/${body.span}`));
  if (typeof body.parentSpan === 'string') visit(writeTerm('parentspan', `${trace}/${body.parentSpan}`));
}

/** How an action was classified, decided and ended. */
function visitActionTerms({ kind, body }: LedgerRecord, visit: (term: string) => void): void {
  const { effects, effect, status } = body;
  if (kind === 'action.intent' && Array.isArray(effects))
    for (const one of effects) if (typeof one === 'string') visit(writeTerm('effect', one));
  if (kind === 'action.decision' && typeof effect === 'string') visit(writeTerm('decision', effect));
  if (typeof status === 'string') visit(writeTerm('outcome', status));
}

export type TermType =
  | 'id'
  | 'kind'
  | 'upstream'
  | 'tool'
  | 'session'
  | 'toolcall'
  | 'trace'
  | 'span'
  | 'parentspan'
  | 'effect'
  | 'decision'
  | 'outcome'
  | 'policy';

/** How a term stands in the index. Ids carry their own prefix; a tool is `<upstream>/<tool>`. */
export function writeTerm(type: TermType, value: string): string {
  const term = type === 'id' ? value : `${type}:${value}`;
  return term.length > maximumTermLength ? term.slice(0, maximumTermLength) : term;
}
