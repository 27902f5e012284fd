import { describe, expect, it } from 'vitest';
import { areEffectsWithin, EFFECTS, isEffect, joinEffects, meetEffects, UNKNOWN_EFFECTS } from './effects.ts';

describe('effects', () => {
  it('joins and meets in one order', () => {
    expect(joinEffects(['egress', 'write'], ['read', 'write'])).toEqual(['read', 'write', 'egress']);
    expect(meetEffects(['egress', 'write'], ['read', 'write', 'egress'])).toEqual(['write', 'egress']);
  });

  it('orders sets by containment', () => {
    expect(areEffectsWithin([], [])).toBe(true);
    expect(areEffectsWithin(['read'], EFFECTS)).toBe(true);
    expect(areEffectsWithin(['spend', 'read'], ['read'])).toBe(false);
  });

  it('assumes the worst of what is unknown', () => {
    expect(UNKNOWN_EFFECTS).toEqual(EFFECTS.filter((effect) => effect !== 'read'));
    expect(isEffect('egress')).toBe(true);
    expect(isEffect('toString')).toBe(false);
  });
});
