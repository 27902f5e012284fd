import { retentionClassOf } from '@countersign/api';
import type { SinkRecordsConfig } from '../../config/sinks.ts';
import type { StoredRecord } from '../ledger-record.ts';

/** Whether the settings of a sink want the record. Of one that is erased or damaged only class and kind are known: those decide alone. */
export function choosesRecord(wanted: SinkRecordsConfig, record: StoredRecord): boolean {
  if (!wanted.classes.includes(retentionClassOf(record.kind))) return false;
  if (wanted.kinds !== undefined && !wanted.kinds.some((kind) => matchesKind(kind, record.kind)))
    return false;
  if (record.erased || record.damaged === true) return true;
  if (!wanted.drills && record.drill !== undefined) return false;
  return (
    wanted.upstreams === undefined ||
    (record.upstream !== undefined && wanted.upstreams.includes(record.upstream))
  );
}

function matchesKind(wanted: string, kind: string): boolean {
  return wanted.endsWith('.*') ? kind.startsWith(wanted.slice(0, -1)) : kind === wanted;
}
