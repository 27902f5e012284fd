/** Roles a person can hold. `operator` is the local process owner's token: it administers but never approves. */
export const roles = ['admin', 'owner', 'approver', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** The one permission table. A verb names its permission; a role that is not listed does not have it. */
export const permissions = {
  'agents.read': ['admin', 'owner', 'auditor'],
  'agents.register': ['admin', 'owner'],
  'agents.change': ['admin', 'owner'],
  'approvals.read_attention': ['admin', 'auditor'],
  'approvals.read': ['admin', 'owner', 'approver', 'auditor'],
  'approvals.decide': ['approver'],
  'approvals.end_grants': ['admin', 'owner', 'approver'],
  'approvals.review_glass': ['admin', 'approver', 'auditor'],
  'approvals.route': ['admin'],
  'approvals.test_channels': ['admin'],
  'delegations.create': ['admin', 'owner'],
  'delegations.read': ['admin', 'owner', 'auditor'],
  'delegations.revoke': ['admin', 'owner'],
  'exposure.make_evidence': ['admin', 'auditor'],
  'exposure.read': ['admin', 'owner', 'auditor'],
  'exposure.run_drills': ['admin'],
  'ledger.back_up_keys': ['admin'],
  'ledger.confirm_clock': ['admin'],
  'ledger.end_hold': ['admin'],
  'ledger.erase': ['admin'],
  'ledger.export': ['admin', 'auditor'],
  'ledger.hold': ['admin'],
  'ledger.sign_erasure': ['admin', 'auditor'],
  'ledger.read': ['admin', 'auditor'],
  'ledger.change_sinks': ['admin'],
  'ledger.read_sinks': ['admin', 'auditor'],
  'organisations.change': ['admin'],
  'organisations.cut_off': ['admin', 'owner', 'approver'],
  'organisations.read': ['admin', 'owner', 'auditor'],
  'people.change': ['admin'],
  'people.give_audit_access': ['admin'],
  'people.read_audit_access': ['admin', 'auditor'],
  'people.change_directories': ['admin'],
  'people.read': ['admin', 'owner', 'auditor'],
  'policies.activate': ['admin'],
  'policies.read': ['admin', 'owner', 'auditor'],
  'policies.switch_mode': ['admin'],
  'reviews.read': ['admin', 'owner', 'approver', 'auditor'],
  'reviews.open': ['admin'],
  'reviews.decide': ['admin', 'owner', 'approver'],
  'secrets.change': ['admin'],
  'secrets.read': ['admin'],
  'signals.read': ['admin', 'owner', 'approver', 'auditor'],
  'signals.change_risk': ['admin'],
  'signals.read_risk': ['admin', 'auditor'],
  'signals.change_receivers': ['admin'],
  'signals.read_receivers': ['admin', 'auditor'],
  'signals.stop': ['admin', 'owner', 'approver'],
  'signals.lift': ['admin'],
  'tasks.amend': ['admin', 'owner'],
  'tasks.declassify': ['admin'],
  'tasks.end': ['admin', 'owner'],
  'tasks.resume': ['admin', 'owner'],
  'tasks.read': ['admin', 'owner', 'auditor'],
  'tokens.change_clients': ['admin'],
  'tokens.read_clients': ['admin', 'auditor'],
  'tokens.change_enforcement_points': ['admin'],
  'tokens.read_enforcement_points': ['admin', 'auditor'],
  'tokens.change_introspection': ['admin'],
  'tokens.revoke': ['admin', 'owner'],
  'tokens.rotate_keys': ['admin'],
  'upstreams.change': ['admin'],
  'upstreams.connect': ['admin', 'owner', 'approver', 'auditor'],
  'upstreams.read': ['admin', 'owner', 'approver', 'auditor'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof permissions;

/**
 * What takes a person, whom a passkey vouches for: the token of the operator lies in a file, and neither decides for people
 * nor takes away what they could be held to.
 */
const personal: ReadonlySet<Permission> = new Set([
  'approvals.decide',
  'ledger.back_up_keys',
  'ledger.end_hold',
  'ledger.erase',
  'ledger.sign_erasure',
]);

/** Whether the operator is refused. */
export function takesPerson(permission: Permission): boolean {
  return personal.has(permission);
}

/**
 * What a person may do although no passkey verified them lately: it only shows, ends or narrows, or it is signed by a
 * passkey itself. Everything else changes authority, also what is added to the table above and forgotten here.
 */
const lasting: ReadonlySet<Permission> = new Set([
  'approvals.decide',
  'delegations.revoke',
  'exposure.make_evidence',
  'exposure.run_drills',
  'reviews.decide',
  'ledger.export',
  'ledger.read_sinks',
  'ledger.sign_erasure',
  'organisations.cut_off',
  'people.read_audit_access',
  'signals.read_receivers',
  'signals.read_risk',
  'signals.stop',
  'tasks.declassify',
  'tasks.end',
  'tokens.read_clients',
  'tokens.read_enforcement_points',
  'tokens.revoke',
]);

/** Whether the permission changes authority, and so is refused to a person without a fresh verification by passkey. */
export function changesAuthority(permission: Permission): boolean {
  return !permission.endsWith('.read') && !lasting.has(permission);
}
