/** Every kind of ledger record; each has a page docs/events/<kind>.md. The singular noun comes first. */
export const recordKinds = [
  'action.intent',
  'action.decision',
  'action.release',
  'action.outcome',
  'action.refused',
  'action.reported',
  'agent.registered',
  'agent.state_changed',
  'agent.key_added',
  'agent.key_retired',
  'agent.notification_endpoint_set',
  'agent.groups_set',
  'agent.hours_set',
  'agent.card_published',
  'agent.card_withdrawn',
  'agent.handover_proposed',
  'agent.handover_ended',
  'agent.handed_over',
  'agent.workload_added',
  'agent.workload_removed',
  'approval.requested',
  'approval.voted',
  'approval.granted',
  'approval.denied',
  'approval.expired',
  'approval.cancelled',
  'approval.check_sent',
  'approval.check_answered',
  'approval.card_failed',
  'approval.extended',
  'approval.receipt_issued',
  'approval.regretted',
  'approval.grant_given',
  'approval.grant_ended',
  'approval.escalated',
  'approval.glass_broken',
  'approval.glass_reviewed',
  'approval.duty_given',
  'approval.duty_ended',
  'approval.rota_changed',
  'delegation.created',
  'delegation.revoked',
  'exposure.drill_finished',
  'exposure.drills_scheduled',
  'ledger.cosigned',
  'ledger.erased',
  'ledger.erased_again',
  'ledger.erasure_asked',
  'ledger.erasure_cancelled',
  'ledger.erasure_signed',
  'ledger.bundled',
  'exposure.evidence_made',
  'ledger.exported',
  'ledger.read',
  'ledger.sink_refused',
  'ledger.sink_resent',
  'ledger.sink_rewound',
  'ledger.sink_tested',
  'ledger.witness_refused',
  'ledger.hold_added',
  'ledger.hold_ended',
  'ledger.key_copy_destroyed',
  'ledger.keys_copied',
  'ledger.retired',
  'person.agents_lost',
  'person.audit_access_ended',
  'person.audit_access_given',
  'person.audit_access_proposed',
  'person.identity_linked',
  'person.channel_changed',
  'person.invited',
  'person.left',
  'person.passkey_added',
  'person.passkey_confirmed',
  'person.passkey_removed',
  'person.quiet_hours_set',
  'person.recovered',
  'person.recovery_confirmed',
  'person.recovery_ended',
  'person.recovery_opened',
  'person.sessions_ended',
  'person.provisioned',
  'person.returned',
  'person.scim_token_added',
  'person.scim_token_removed',
  'person.signed_in',
  'person.signed_out',
  'person.sign_in_refused',
  'person.state_changed',
  'person.verified',
  'policy.activated',
  'policy.key_made',
  'policy.mode_proposed',
  'policy.mode_switched',
  'policy.quarantined',
  'policy.refused',
  'policy.warned',
  'review.opened',
  'review.decided',
  'review.undone',
  'review.reminded',
  'review.closed',
  'review.scheduled',
  'secret.aging',
  'secret.fell_back',
  'secret.overlap_ended',
  'secret.removed',
  'secret.restore_trusted',
  'secret.rotated',
  'secret.stored',
  'server.started',
  'server.stopped',
  'signal.circuit_closed',
  'signal.circuit_opened',
  'signal.event_refused',
  'signal.keys_rotated',
  'signal.model_changed',
  'signal.lifted',
  'signal.received',
  'signal.receiver_added',
  'signal.receiver_removed',
  'signal.risk_changed',
  'signal.stopped',
  'signal.stream_changed',
  'signal.stream_paused',
  'task.declassified',
  'task.ended',
  'task.grant_amended',
  'task.grant_derived',
  'task.opened',
  'task.prompt_given',
  'task.prompt_told',
  'task.paused',
  'task.resumed',
  'task.span_told',
  'task.telemetry_counted',
  'token.client_registered',
  'token.client_removed',
  'token.consent_denied',
  'token.consent_repeated',
  'token.enforcement_point_added',
  'token.enforcement_point_removed',
  'token.family_ended',
  'token.asked',
  'token.introspection_client_added',
  'token.introspection_client_removed',
  'token.issued',
  'token.keys_rotated',
  'token.leniency_used',
  'token.refused',
  'token.revoked',
  'upstream.added',
  'upstream.connection_ended',
  'upstream.connection_made',
  'upstream.connection_refreshed',
  'upstream.connection_refused',
  'upstream.credential_minted',
  'upstream.removed',
  'upstream.tool_accepted',
  'upstream.tool_classified',
  'upstream.tool_flagged',
  'upstream.tool_quarantined',
  'upstream.tools_pinned',
] as const;
export type RecordKind = (typeof recordKinds)[number];

/**
 * What the server asks the ledger to keep. `id`, `kind`, `at` and `causes` are public in the tree; all else is payload,
 * kept beside a salted commitment. No secret, token, proof or assertion ever goes in here.
 */
export interface LedgerRecord {
  readonly id: string;
  readonly kind: RecordKind;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Ids of earlier records this one follows from. */
  readonly causes: readonly string[];
  readonly action?: string;
  readonly agent?: string;
  /** The agents of the chain, the one nearest the person first, when the acting one is not the only one. */
  readonly agents?: readonly string[];
  /** RFC 7638 thumbprint of the agent's key. */
  readonly key?: string;
  /** SHA-256 (base64url) of the name that its client's session has at the door; told, and the same name elsewhere is another session. */
  readonly session?: string;
  readonly task?: string;
  readonly person?: string;
  /** Delegation ids from the root person's to the acting agent's. */
  readonly chain?: readonly string[];
  readonly approval?: string;
  readonly policyVersion?: string;
  readonly upstream?: string;
  readonly tool?: string;
  /** The name that a model or a framework gave this very call of a tool. It is told: only what the same agent says joins by it. */
  readonly toolCall?: string;
  /** W3C trace id, 32 lower-case hexadecimal digits. It is told, as above. */
  readonly trace?: string;
  /** The run of drills it belongs to: nothing that is real was done, and nobody real did it. */
  readonly drill?: string;
  /** Kind-specific facts; JSON values only. */
  readonly body: Readonly<Record<string, unknown>>;
}
