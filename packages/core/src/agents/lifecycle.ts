/**
 * `registered` agents are known and can do nothing yet; only `active` ones act; `suspended` ones are stopped and may
 * come back; `orphaned` ones have no accountable owner any more; `retired` is final.
 */
export type AgentState = 'registered' | 'active' | 'suspended' | 'orphaned' | 'retired';

export type AgentEvent = 'activate' | 'suspend' | 'resume' | 'orphan' | 'adopt' | 'retire';

export type AgentChange =
  | { readonly ok: true; readonly state: AgentState }
  | { readonly ok: false; readonly code: 'not_allowed' | 'already_retired' };

// A new owner takes an agent over stopped and resumes it knowingly.
const TRANSITIONS: Readonly<Record<AgentState, Partial<Record<AgentEvent, AgentState>>>> = {
  registered: { activate: 'active', suspend: 'suspended', orphan: 'orphaned', retire: 'retired' },
  active: { suspend: 'suspended', orphan: 'orphaned', retire: 'retired' },
  suspended: { resume: 'active', orphan: 'orphaned', retire: 'retired' },
  orphaned: { adopt: 'suspended', retire: 'retired' },
  retired: {},
};

export function applyAgentEvent(state: AgentState, event: AgentEvent): AgentChange {
  if (state === 'retired') return { ok: false, code: 'already_retired' };
  const transitions = TRANSITIONS[state];
  const next = Object.hasOwn(transitions, event) ? transitions[event] : undefined;
  return next === undefined ? { ok: false, code: 'not_allowed' } : { ok: true, state: next };
}

/** Whether an agent in this state may act at all. */
export function mayAgentAct(state: AgentState): boolean {
  return state === 'active';
}
