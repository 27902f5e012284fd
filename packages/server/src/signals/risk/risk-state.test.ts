import { describe, expect, it } from 'vitest';
import { createRiskState } from './risk-state.ts';

const [ada, bob] = ['per_ada', 'per_bob'];

describe('the risk of people', () => {
  it('is the worst that any source says, until it expires', () => {
    let now = 0;
    const risk = createRiskState({ now: () => now });
    expect(risk.findRaised([ada, bob])).toBeUndefined();
    risk.apply({ personId: ada, source: 'idp/credential-change', level: 'medium', expiresAt: 100 });
    risk.apply({ personId: ada, source: 'administrator', level: 'high', expiresAt: 50 });
    expect([risk.of(ada), risk.of(bob)]).toEqual(['high', 'low']);
    expect([...(risk.findRaised([ada, bob]) ?? [])]).toEqual([[ada, 'high']]);
    now = 50;
    expect(risk.of(ada)).toBe('medium');
    now = 100;
    expect(risk.of(ada)).toBe('low');
    expect(risk.findRaised([ada, bob])).toBeUndefined();
  });

  it('is lifted source by source, or whole', () => {
    const risk = createRiskState({ now: () => 0 });
    risk.apply({ personId: ada, source: 'one', level: 'high', expiresAt: 9 });
    risk.apply({ personId: ada, source: 'other', level: 'medium', expiresAt: 9 });
    risk.lift(ada, 'one');
    expect(risk.of(ada)).toBe('medium');
    risk.apply({ personId: ada, source: 'one', level: 'high', expiresAt: 9 });
    risk.lift(ada);
    expect(risk.of(ada)).toBe('low');
    risk.lift(bob, 'one');
  });
});
