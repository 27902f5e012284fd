import { describe, expect, it } from 'vitest';
import { type AgentId, encodeId, type PersonId } from '../ids.ts';
import { type Chain, type ChainFaultCode, type ChainLink, checkChain, effectiveLimits } from './chain.ts';
import type { Limits } from './limits.ts';

const LIMITS: Limits = {
  upstreams: '*',
  actions: ['files/*', 'payments/*'],
  arguments: [],
  dataDomains: '*',
  effects: ['read', 'write'],
  environments: ['dev'],
  expiresAt: 1000,
  calls: null,
  spendMinor: null,
  currency: null,
  depth: 2,
};

function makeId<P extends 'agt' | 'per' | 'dlg'>(prefix: P, n: number) {
  return encodeId(prefix, n, new Uint8Array(10));
}

const PERSON: PersonId = makeId('per', 0);
const AGENTS: readonly AgentId[] = [0, 1, 2].map((n) => makeId('agt', n));
const [FIRST, SECOND, THIRD] = AGENTS as [AgentId, AgentId, AgentId];

function makeLink(n: number, from: PersonId | AgentId, to: AgentId, change: Partial<Limits> = {}): ChainLink {
  return { id: makeId('dlg', n), from, to, limits: { ...LIMITS, depth: 2 - n, ...change }, revoked: false };
}

const LINKS = [
  makeLink(0, PERSON, FIRST),
  makeLink(1, FIRST, SECOND, { actions: ['files/*'], expiresAt: 900 }),
  makeLink(2, SECOND, THIRD, { actions: ['files/read_*'], calls: 5, expiresAt: 800 }),
] as const;
const CHAIN: Chain = { holder: THIRD, links: LINKS };

function listFaults(chain: Chain, at = 0): [ChainFaultCode, string | undefined][] {
  const checked = checkChain(chain, at);
  return checked.valid ? [] : checked.faults.map((fault) => [fault.code, fault.link]);
}

function replaceLink(n: number, change: Partial<ChainLink>): Chain {
  return { ...CHAIN, links: LINKS.map((link, i) => (i === n ? { ...link, ...change } : link)) };
}

describe('checkChain', () => {
  it('gives the limits of the narrowest', () => {
    expect(checkChain(CHAIN, 799)).toEqual({ valid: true, limits: { ...LINKS[2].limits } });
    expect(checkChain({ holder: FIRST, links: [LINKS[0]] }, 0)).toEqual({
      valid: true,
      limits: LINKS[0].limits,
    });
  });

  it('finds one revoked link, wherever it stands', () => {
    for (const n of [0, 1, 2]) {
      expect(listFaults(replaceLink(n, { revoked: true }))).toEqual([['revoked', makeId('dlg', n)]]);
    }
  });

  it('finds expired links at the moment of expiry', () => {
    expect(listFaults(CHAIN, 800)).toEqual([['expired', LINKS[2].id]]);
    expect(listFaults(CHAIN, 1000)).toHaveLength(3);
    expect(listFaults(CHAIN, Number.NaN)).toHaveLength(3);
  });

  it('finds an empty chain', () => {
    expect(listFaults({ holder: FIRST, links: [] })).toEqual([['empty', undefined]]);
    expect(effectiveLimits({ holder: FIRST, links: [] })).toBeUndefined();
  });

  it('finds a chain that is used by another agent', () => {
    expect(listFaults({ ...CHAIN, holder: SECOND })).toEqual([['wrong_holder', LINKS[2].id]]);
  });

  it('finds a chain that starts with no person', () => {
    expect(listFaults({ holder: THIRD, links: [makeLink(0, FIRST, THIRD)] })).toEqual([
      ['no_person', LINKS[0].id],
    ]);
  });

  it('finds a giver who does not hold what is given', () => {
    expect(listFaults(replaceLink(2, { from: FIRST }))).toEqual([['broken', LINKS[2].id]]);
    expect(listFaults({ holder: THIRD, links: [LINKS[0], LINKS[2]] })).toEqual([['broken', LINKS[2].id]]);
  });

  it('finds authority that comes back to an agent', () => {
    const links = [LINKS[0], LINKS[1], makeLink(2, SECOND, FIRST, { actions: ['files/*'], expiresAt: 800 })];
    expect(listFaults({ holder: FIRST, links })).toEqual([['cycle', LINKS[2].id]]);
    const selfGiven = [LINKS[0], makeLink(1, FIRST, FIRST)];
    expect(listFaults({ holder: FIRST, links: selfGiven })).toEqual([['cycle', LINKS[1].id]]);
  });

  it('finds a link that may not be passed on', () => {
    const links = [makeLink(0, PERSON, FIRST, { depth: 0 }), makeLink(1, FIRST, SECOND, { depth: 0 })];
    expect(listFaults({ holder: SECOND, links })).toEqual([['too_deep', LINKS[1].id]]);
  });

  it('uses up a step of depth at each link', () => {
    expect(listFaults(replaceLink(1, { limits: { ...LINKS[1].limits, depth: 2 } }))).toEqual([
      ['widened', LINKS[1].id],
    ]);
  });

  it('finds a widening link, and never widens with it', () => {
    const chain = replaceLink(2, {
      limits: { ...LINKS[2].limits, actions: ['*'], environments: ['dev', 'prod'] },
    });
    expect(listFaults(chain)).toEqual([
      ['widened', LINKS[2].id],
      ['widened', LINKS[2].id],
    ]);
    expect(effectiveLimits(chain)).toMatchObject({ actions: ['files/*'], environments: ['dev'] });
  });

  it('refuses endless chains without walking them', () => {
    const links = Array.from({ length: 100_000 }, () => LINKS[0]);
    expect(listFaults({ holder: FIRST, links })).toEqual([['too_long', undefined]]);
  });
});
