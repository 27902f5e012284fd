import type { RiskLevel } from '@countersign/core';

/** What a security event of others asks for here. */
export type EventEffect =
  | { readonly kind: 'end_sessions' | 'leave' | 'return' | 'suspend_agent' | 'nothing' }
  | { readonly kind: 'risk'; readonly level: RiskLevel };

type Facts = Readonly<Record<string, string>>;

const levels: Readonly<Record<string, RiskLevel>> = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' };

/** By kind of event, about a person (CAEP 1.0 §3, RISC 1.0 §2). Undefined: its payload is not what it must be. */
const ofPeople: ReadonlyMap<string, (facts: Facts) => EventEffect | undefined> = new Map<
  string,
  (facts: Facts) => EventEffect | undefined
>([
  ['session-revoked', () => ({ kind: 'end_sessions' })],
  ['account-disabled', () => ({ kind: 'leave' })],
  ['account-purged', () => ({ kind: 'leave' })],
  // Whoever has the name now is somebody else.
  ['identifier-recycled', () => ({ kind: 'leave' })],
  ['account-enabled', () => ({ kind: 'return' })],
  ['identifier-changed', () => raise('medium')],
  ['account-credential-change-required', () => raise('medium')],
  ['recovery-activated', () => raise('medium')],
  ['credential-compromise', () => raise('high')],
  ['credential-change', judgeCredential],
  ['device-compliance-change', judgeDevice],
  ['assurance-level-change', judgeAssurance],
  ['risk-level-change', judgeRisk],
]);

const ofAgents: ReadonlySet<string> = new Set([
  'session-revoked',
  'account-disabled',
  'account-purged',
  'credential-compromise',
]);

export function findEffect(event: string, facts: Facts, about: 'person' | 'agent'): EventEffect | undefined {
  if (about === 'agent') return { kind: ofAgents.has(event) ? 'suspend_agent' : 'nothing' };
  const judge = ofPeople.get(event);
  return judge === undefined ? { kind: 'nothing' } : judge(facts);
}

function raise(level: RiskLevel): EventEffect {
  return { kind: 'risk', level };
}

/** A new credential may be the thief's, and a lost one may be what the thief has taken away. */
function judgeCredential({ change_type: change = '' }: Facts): EventEffect | undefined {
  return ['create', 'revoke', 'update', 'delete'].includes(change) ? raise('medium') : undefined;
}

function judgeDevice({ current_status: status }: Facts): EventEffect | undefined {
  if (status === 'compliant') return raise('low');
  return status === 'not-compliant' ? raise('medium') : undefined;
}

/** Which of two levels of a namespace is more only its transmitter knows. */
function judgeAssurance({ change_direction: direction }: Facts): EventEffect | undefined {
  if (direction === 'increase') return raise('low');
  if (direction === 'decrease') return raise('medium');
  return direction === undefined ? { kind: 'nothing' } : undefined;
}

function judgeRisk({ current_level: current = '' }: Facts): EventEffect | undefined {
  const level = Object.hasOwn(levels, current) ? levels[current] : undefined;
  return level === undefined ? undefined : raise(level);
}
