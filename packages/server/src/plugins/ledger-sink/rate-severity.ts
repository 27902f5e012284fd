import type { SinkRecord } from './ledger-sink.ts';

export type Severity = 'informational' | 'low' | 'medium' | 'high';

const high: ReadonlySet<string> = new Set([
  ...['approval.glass_broken', 'policy.quarantined', 'token.leniency_used', 'upstream.tool_quarantined'],
  ...['signal.circuit_opened', 'signal.stopped', 'task.paused'],
]);
const medium: ReadonlySet<string> = new Set([
  ...['action.refused', 'approval.denied', 'approval.regretted', 'ledger.sink_refused', 'person.recovered'],
  ...['person.sign_in_refused', 'policy.refused', 'policy.warned', 'signal.event_refused'],
  ...['signal.model_changed', 'signal.risk_changed', 'token.refused', 'upstream.connection_refused'],
  ...['upstream.tool_flagged'],
]);

/** How much a record should make somebody look up. Of an erased one the kind alone says it; a drill is never more than low. */
export function rateSeverity({ kind, body, drill }: SinkRecord): Severity {
  const severity = rateKind(kind, body);
  return drill !== undefined && (severity === 'high' || severity === 'medium') ? 'low' : severity;
}

function rateKind(kind: string, body: SinkRecord['body']): Severity {
  if (kind === 'action.decision' && body?.effect === 'deny') return 'medium';
  if (kind === 'action.decision' && body?.effect === 'step_up') return 'low';
  if (kind === 'exposure.drill_finished' && body?.passed === false) return 'high';
  if (high.has(kind)) return 'high';
  return medium.has(kind) ? 'medium' : 'informational';
}
