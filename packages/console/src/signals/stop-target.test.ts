import { describe, expect, it } from 'vitest';
import { readStopTarget, writeStopTarget } from './stop-target.ts';

describe('what a stop is aimed at', () => {
  it.each([
    { scope: 'agent', target: 'agt_1' },
    { scope: 'tool', target: 'payments/a:b' },
    { scope: 'everything', target: '*' },
  ] as const)('comes back from the address as it went in: %j', (target) => {
    expect(readStopTarget(writeStopTarget(target))).toEqual(target);
  });

  it.each(['choose', '', 'constructor', ':'])('is an agent not yet named for %j', (text) => {
    expect(readStopTarget(text)).toEqual({ scope: 'agent', target: '' });
  });

  it('never means everything by accident', () => {
    expect(readStopTarget('agent:*').scope).toBe('agent');
    expect(readStopTarget('Everything').scope).toBe('agent');
  });
});
