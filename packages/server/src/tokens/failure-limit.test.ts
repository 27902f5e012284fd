import { createManualClock } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { createFailureLimit } from './failure-limit.ts';

const address = '192.0.2.1';
const make = () => {
  const clock = createManualClock();
  return { clock, limit: createFailureLimit(clock, { mostOfClient: 3, mostOfAddress: 10 }) };
};
const fail = (limit: ReturnType<typeof make>['limit'], client: string, times: number, at = address) => {
  for (let i = 0; i < times; i++) limit.failed({ address: at, client });
};
const codeOf = (run: () => void): string => {
  try {
    run();
    return 'let in';
  } catch (error) {
    const { code, headers } = error as { code: string; headers: Record<string, string> };
    return `${code} ${Number(headers['retry-after']) > 0}`;
  }
};

describe('failed token requests', () => {
  it('are limited for each client of an address, until the minute is over', () => {
    const { clock, limit } = make();
    fail(limit, 'agt_a', 3);
    expect(codeOf(() => limit.check({ address, client: 'agt_a' }))).toBe('server.rate_limited true');
    expect(codeOf(() => limit.check({ address, client: 'agt_b' }))).toBe('let in');
    expect(codeOf(() => limit.check({ address: '192.0.2.2', client: 'agt_a' }))).toBe('let in');
    clock.advance(60_000);
    expect(codeOf(() => limit.check({ address, client: 'agt_a' }))).toBe('let in');
  });

  it('of many names use up the address, but not for who has proven itself from there', () => {
    const { limit } = make();
    limit.succeeded({ address, client: 'agt_good' });
    for (let i = 0; i < 10; i++) fail(limit, `agt_${i}`, 1);
    expect(codeOf(() => limit.check({ address, client: 'agt_new' }))).toBe('server.rate_limited true');
    expect(codeOf(() => limit.check({ address, client: 'agt_good' }))).toBe('let in');
  });

  it('cost a bounded memory, however many addresses they come from', () => {
    const { limit } = make();
    for (let i = 0; i < 60_000; i++) limit.failed({ address: `a${i}`, client: 'x' });
    fail(limit, 'agt_a', 5, 'a0');
    expect(codeOf(() => limit.check({ address: 'a0', client: 'agt_a' }))).toBe('let in');
    expect(codeOf(() => limit.check({ address: 'a59999', client: 'x' }))).toBe('let in');
  });

  it('without an address are not limited', () => {
    const { limit } = make();
    for (let i = 0; i < 100; i++) limit.failed({ address: undefined, client: 'x' });
    expect(codeOf(() => limit.check({ address: undefined, client: 'x' }))).toBe('let in');
  });
});
