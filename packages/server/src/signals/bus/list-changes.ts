import type { LedgerRecord, RecordKind } from '@countersign/api';
import type { Change, ChangeKind } from './change.ts';

/** Every record whose cause other gateways remember something of. All else is asked of the database whenever it matters. */
const kindOf: Partial<Record<RecordKind, ChangeKind>> = {
  'action.release': 'approval',
  'agent.groups_set': 'agent',
  'agent.handed_over': 'agent',
  'agent.hours_set': 'agent',
  'agent.key_added': 'agent',
  'agent.key_retired': 'agent',
  'agent.state_changed': 'agent',
  'agent.workload_added': 'agent',
  'agent.workload_removed': 'agent',
  'approval.cancelled': 'approval',
  'approval.denied': 'approval',
  'approval.duty_ended': 'person',
  'approval.duty_given': 'person',
  'approval.escalated': 'approval',
  'approval.expired': 'approval',
  'approval.extended': 'approval',
  'approval.grant_ended': 'approval',
  'approval.grant_given': 'approval',
  'approval.granted': 'approval',
  'approval.regretted': 'approval',
  'approval.requested': 'approval',
  'approval.voted': 'approval',
  'ledger.erased': 'evidence',
  'ledger.erased_again': 'evidence',
  'ledger.retired': 'evidence',
  'organisation.changed': 'organisations',
  'organisation.cut_off': 'organisations',
  'person.agents_lost': 'person',
  'person.left': 'person',
  'person.provisioned': 'person',
  'person.returned': 'person',
  'person.state_changed': 'person',
  'policy.activated': 'policies',
  'policy.mode_switched': 'policies',
  'policy.quarantined': 'policies',
  'secret.overlap_ended': 'secrets',
  'secret.removed': 'secrets',
  'secret.restore_trusted': 'secrets',
  'secret.rotated': 'secrets',
  'secret.stored': 'secrets',
  'signal.keys_rotated': 'keys',
  'signal.lifted': 'stops',
  'signal.risk_changed': 'person',
  'signal.stopped': 'stops',
  'task.declassified': 'task',
  'task.ended': 'task',
  'task.grant_amended': 'task',
  'task.grant_derived': 'task',
  'task.paused': 'task',
  'task.prompt_given': 'task',
  'task.resumed': 'task',
  'token.family_ended': 'tokens',
  'token.keys_rotated': 'keys',
  'token.revoked': 'tokens',
  'upstream.added': 'upstream',
  'upstream.connection_ended': 'connections',
  'upstream.connection_made': 'secrets',
  'upstream.connection_refreshed': 'secrets',
  'upstream.removed': 'upstream',
  'upstream.tool_accepted': 'upstream',
  'upstream.tool_classified': 'upstream',
  'upstream.tool_flagged': 'upstream',
  'upstream.tool_quarantined': 'upstream',
  'upstream.tools_pinned': 'upstream',
};

/** What others have to look up again because of these records, each once. */
export function listChanges(records: readonly LedgerRecord[]): readonly Change[] {
  const found = new Map<string, Change>();
  for (const record of records) {
    const change = toChange(record);
    if (change !== undefined) found.set(`${change.kind} ${change.subject ?? ''}`, change);
  }
  return [...found.values()];
}

function toChange(record: LedgerRecord): Change | undefined {
  const kind = kindOf[record.kind];
  switch (kind) {
    case 'agent':
    case 'approval':
    case 'person':
    case 'task':
    case 'upstream': {
      const subject = record[kind];
      return subject === undefined ? undefined : { kind, subject };
    }
    default:
      return kind === undefined ? undefined : { kind };
  }
}
