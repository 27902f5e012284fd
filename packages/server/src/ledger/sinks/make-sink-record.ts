import { retentionClassOf } from '@countersign/api';
import type { SinkRecord } from '../../plugins/ledger-sink/ledger-sink.ts';
import type { StoredRecord } from '../ledger-record.ts';

/**
 * Members of a body that say what happened and never what was said. A member that is not listed stays in the house, so
 * that a new one is not let out by having been forgotten here. No digest of what was said is among them: short arguments
 * are guessed from it, and addresses of resources carry arguments.
 */
const facts: ReadonlySet<string> = new Set([
  ...['authenticated', 'by', 'cause', 'channel', 'channelKind', 'code', 'count', 'credential'],
  ...['dataDomain', 'decidedBy', 'effect', 'effects', 'endedTasks', 'environment', 'from', 'front'],
  ...['httpStatus', 'isDefault', 'items', 'level', 'method', 'operation', 'outcome', 'ownerId', 'parent'],
  ...['policies', 'policy', 'predicted', 'quorum', 'resultCharacters', 'review', 'role'],
  ...['roles', 'run', 'scope', 'seq', 'severity', 'sink', 'spend', 'state', 'status', 'tier'],
  ...['to', 'toolDigest', 'tools', 'upstreamMilliseconds', 'verdict', 'version', 'why'],
]);
const longestText = 256;
const mostTexts = 64;

/** What leaves the house of a record: everything where content is wanted, otherwise who, which and how it ended. */
export function makeSinkRecord(record: StoredRecord, content: boolean): SinkRecord {
  const { body, notCanonical, ...rest } = record;
  const common = { ...rest, class: retentionClassOf(record.kind) };
  if (record.erased || record.damaged === true) return { ...common, withheld: false };
  if (!content)
    return { ...common, withheld: true, ...(body === undefined ? {} : { body: keepFacts(body) }) };
  const whole = body ?? (notCanonical === undefined ? undefined : { notCanonical });
  return { ...common, withheld: false, ...(whole === undefined ? {} : { body: whole }) };
}

function keepFacts(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => facts.has(name) && isFact(value)));
}

function isFact(value: unknown): boolean {
  if (Array.isArray(value))
    return value.length <= mostTexts && value.every((one) => !Array.isArray(one) && isFact(one));
  if (typeof value === 'string') return value.length <= longestText;
  return value === null || typeof value === 'number' || typeof value === 'boolean';
}
