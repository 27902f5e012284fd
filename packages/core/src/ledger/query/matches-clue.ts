import type { JsonValue } from '../../actions/json-value.ts';
import { findAtPointer } from '../../delegations/json-pointer.ts';
import type { CausalRecord } from '../causal-graph.ts';
import type { Clue, ResolvedGroup, ResolvedTerm } from './clue.ts';
import { foldValue, visitValues } from './list-values.ts';

/** A record, as far as queries look at it. */
export interface SearchedRecord extends CausalRecord {
  readonly person?: string;
  readonly approval?: string;
  readonly agents?: readonly string[];
  readonly chain?: readonly string[];
  readonly upstream?: string;
  readonly tool?: string;
  readonly key?: string;
  readonly session?: string;
}

/** Whether the record is one that the group looks for. What was erased matches by what is left of it. */
export function matchesGroup(record: SearchedRecord, { terms, from, to }: ResolvedGroup): boolean {
  return record.at >= from && record.at < to && terms.every((term) => matchesTerm(record, term));
}

export function matchesTerm(record: SearchedRecord, { clues, negated }: ResolvedTerm): boolean {
  return clues.some((clue) => matchesClue(record, clue)) !== negated;
}

export function matchesClue(record: SearchedRecord, clue: Clue): boolean {
  const { body = {} } = record;
  switch (clue.by) {
    case 'id':
      return namesId(record, clue.value);
    case 'seq':
      return record.seq === clue.seq;
    case 'kind':
      return clue.value.endsWith('*')
        ? record.kind.startsWith(clue.value.slice(0, -1))
        : record.kind === clue.value;
    case 'upstream':
      return record.upstream === clue.value;
    case 'tool':
      return record.tool !== undefined && `${record.upstream ?? ''}/${record.tool}` === clue.value;
    case 'trace':
      return record.trace === clue.value;
    case 'toolcall':
      return record.toolCall === clue.value;
    case 'session':
      return record.session === clue.value;
    case 'span':
      return record.kind === 'task.span_told' && `${record.trace}/${body.span}` === clue.value;
    case 'parentspan':
      return record.kind === 'task.span_told' && `${record.trace}/${body.parentSpan}` === clue.value;
    case 'effect':
      return Array.isArray(body.effects) && body.effects.includes(clue.value);
    case 'decision':
      return record.kind === 'action.decision' && body.effect === clue.value;
    case 'outcome':
      return record.kind.startsWith('action.') && body.status === clue.value;
    case 'policy':
      return record.policyVersion === clue.value;
    case 'hash':
      return (
        record.key === clue.value ||
        record.policyVersion === clue.value ||
        body.callDigest === clue.value ||
        body.toolDigest === clue.value
      );
    case 'value':
      return clue.at === undefined ? holdsValue(body, clue.value) : hasValueAt(body, clue.at, clue.value);
  }
}

function namesId(record: SearchedRecord, id: string): boolean {
  const { action, agent, task, person, approval, drill } = record;
  if (record.id === id || action === id || agent === id || task === id || person === id || approval === id)
    return true;
  if (drill === id || record.causes.includes(id)) return true;
  return record.agents?.includes(id) === true || record.chain?.includes(id) === true;
}

function holdsValue(body: Readonly<Record<string, unknown>>, value: string): boolean {
  let isThere = false;
  visitValues(body, (found) => {
    isThere ||= found === value;
  });
  return isThere;
}

function hasValueAt(body: Readonly<Record<string, unknown>>, pointer: string, value: string): boolean {
  // What a record holds is JSON by construction.
  const found = findAtPointer((body.arguments ?? null) as JsonValue, pointer);
  return found.some(
    (one) => (typeof one === 'string' || typeof one === 'number') && foldValue(String(one)) === value,
  );
}
