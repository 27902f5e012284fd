import { describe, expect, it } from 'vitest';
import { type AgentEvent, type AgentState, applyAgentEvent, mayAgentAct } from './lifecycle.ts';

const STATES: readonly AgentState[] = ['registered', 'active', 'suspended', 'orphaned', 'retired'];
const EVENTS: readonly AgentEvent[] = ['activate', 'suspend', 'resume', 'orphan', 'adopt', 'retire'];

describe('the life of an agent', () => {
  it('has exactly these transitions', () => {
    const allowed = STATES.flatMap((state) =>
      EVENTS.flatMap((event) => {
        const change = applyAgentEvent(state, event);
        return change.ok ? [`${state} ${event} ${change.state}`] : [];
      }),
    );
    expect(allowed).toEqual([
      'registered activate active',
      'registered suspend suspended',
      'registered orphan orphaned',
      'registered retire retired',
      'active suspend suspended',
      'active orphan orphaned',
      'active retire retired',
      'suspended resume active',
      'suspended orphan orphaned',
      'suspended retire retired',
      'orphaned adopt suspended',
      'orphaned retire retired',
    ]);
  });

  it('says why an event is refused', () => {
    expect(applyAgentEvent('orphaned', 'resume')).toEqual({ ok: false, code: 'not_allowed' });
    expect(applyAgentEvent('retired', 'activate')).toEqual({ ok: false, code: 'already_retired' });
    expect(applyAgentEvent('active', 'constructor' as AgentEvent)).toEqual({
      ok: false,
      code: 'not_allowed',
    });
  });

  it('lets only active agents act: registration grants nothing', () => {
    expect(STATES.filter(mayAgentAct)).toEqual(['active']);
  });
});
