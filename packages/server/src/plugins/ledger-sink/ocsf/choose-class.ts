import type { SinkRecord } from '../ledger-sink.ts';

/** A class of OCSF 1.8.0, and what a record is in it. */
export interface OcsfClass {
  readonly uid: 2004 | 3001 | 3002 | 3003 | 3004 | 6003;
  readonly name: string;
  readonly category: string;
  /** 99 is "Other", and then the kind of the record names it. */
  readonly activity: number;
  readonly activityName?: string;
}

const names = {
  2004: ['Detection Finding', 'Findings'],
  3001: ['Account Change', 'Identity & Access Management'],
  3002: ['Authentication', 'Identity & Access Management'],
  3003: ['Authorize Session', 'Identity & Access Management'],
  3004: ['Entity Management', 'Identity & Access Management'],
  6003: ['API Activity', 'Application Activity'],
} as const;

type Place = readonly [uid: OcsfClass['uid'], activity: number, activityName?: string];

const places: Readonly<Record<string, Place>> = {
  'action.release': [3003, 1, 'Assign Privileges'],
  'approval.granted': [3003, 1, 'Assign Privileges'],
  'approval.denied': [3003, 1, 'Assign Privileges'],
  'approval.grant_given': [3003, 1, 'Assign Privileges'],
  'delegation.created': [3003, 1, 'Assign Privileges'],
  'task.opened': [3003, 1, 'Assign Privileges'],
  'task.grant_derived': [3003, 1, 'Assign Privileges'],
  'task.grant_amended': [3003, 1, 'Assign Privileges'],
  'token.issued': [3002, 3, 'Authentication Ticket'],
  'token.refused': [3002, 3, 'Authentication Ticket'],
  'person.signed_in': [3002, 1, 'Logon'],
  'person.sign_in_refused': [3002, 1, 'Logon'],
  'person.signed_out': [3002, 2, 'Logoff'],
  'person.sessions_ended': [3002, 2, 'Logoff'],
  'person.invited': [3001, 1, 'Create'],
  'person.provisioned': [3001, 1, 'Create'],
  'person.returned': [3001, 2, 'Enable'],
  'person.left': [3001, 5, 'Disable'],
  'person.passkey_added': [3001, 10, 'MFA Factor Enable'],
  'person.passkey_removed': [3001, 11, 'MFA Factor Disable'],
};

const findings: ReadonlySet<string> = new Set([
  ...['approval.glass_broken', 'exposure.drill_finished', 'policy.quarantined', 'policy.warned'],
  ...['signal.circuit_opened', 'signal.event_refused', 'signal.model_changed', 'signal.risk_changed'],
  ...['signal.stopped', 'task.paused', 'token.leniency_used', 'upstream.tool_flagged'],
  ...['upstream.tool_quarantined'],
]);

/** The class of a record; what stands in no table is the management of an entity named as the noun. */
export function chooseClass(record: SinkRecord): OcsfClass {
  const [uid, activity, activityName] = findPlace(record);
  const [name, category] = names[uid];
  return { uid, name, category, activity, ...(activityName === undefined ? {} : { activityName }) };
}

function findPlace(record: SinkRecord): Place {
  const { kind, body } = record;
  const place = Object.hasOwn(places, kind) ? places[kind] : undefined;
  if (place !== undefined) return place;
  if (findings.has(kind)) return [2004, 1, 'Create'];
  if (kind.startsWith('action.')) return placeAction(body);
  if (kind === 'person.state_changed') return placeState(body?.to);
  if (kind.startsWith('person.')) return [3001, 99];
  if (kind === 'agent.state_changed') return placeAgentState(body?.to);
  return [3004, ...placeVerb(kind.slice(kind.indexOf('.') + 1))];
}

function placeAction(body: SinkRecord['body']): Place {
  const effects = Array.isArray(body?.effects) ? body.effects : [];
  if (effects.length === 0) return [6003, 99];
  return effects.every((effect) => effect === 'read') ? [6003, 2, 'Read'] : [6003, 3, 'Update'];
}

function placeState(to: unknown): Place {
  if (to === 'active') return [3001, 2, 'Enable'];
  return to === 'suspended' ? [3001, 5, 'Disable'] : [3001, 99];
}

function placeAgentState(to: unknown): Place {
  if (to === 'active') return [3004, 10, 'Activate'];
  if (to === 'suspended') return [3004, 12, 'Suspend'];
  return to === 'retired' ? [3004, 11, 'Deactivate'] : [3004, 3, 'Update'];
}

function placeVerb(verb: string): [number, string?] {
  if (
    /(?:^|_)(?:added|asked|created|given|made|minted|opened|provisioned|registered|requested|stored)$/.test(
      verb,
    )
  )
    return [1, 'Create'];
  if (/(?:^|_)(?:ended|removed|retired|revoked|closed|expired|cancelled)$/.test(verb)) return [4, 'Delete'];
  if (/(?:^|_)(?:accepted|changed|classified|extended|rotated|set|switched|refreshed|pinned)$/.test(verb))
    return [3, 'Update'];
  return [99];
}
