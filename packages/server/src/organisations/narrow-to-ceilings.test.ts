import { toAppError } from '@countersign/api';
import { type Effect, type LimitedCall, type Limits, permits } from '@countersign/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { narrowToCeilings } from './narrow-to-ceilings.ts';

const CASES = 400;
const CALLS = 40;
const UPSTREAMS = ['shop', 'bank', 'mail'];
const TOOLS = ['read', 'send', 'pay'];
const EFFECTS: readonly Effect[] = ['read', 'write', 'spend'];
const DOMAINS = ['people', 'money'];
const ENVIRONMENTS = ['test', 'production'];
const END = 2_000_000_000_000;

/** The same numbers for the same seed, so that a failure can be had again. */
function createRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = <T>(list: readonly T[], otherwise: T): T =>
    list[Math.floor(next() * list.length)] ?? otherwise;
  const some = <T>(list: readonly T[]): T[] => list.filter(() => next() < 0.7);
  return { next, pick, some };
}
type Random = ReturnType<typeof createRandom>;

function makeLimits({ next, some }: Random): Limits {
  const patterns = ['*', 'shop/*', 'bank/*', '*/read', 'shop/read', 'bank/pay', 'mail/s*'];
  return {
    upstreams: next() < 0.3 ? '*' : some(UPSTREAMS),
    actions: next() < 0.3 ? ['*'] : some(patterns.slice(1)),
    arguments: next() < 0.4 ? [{ action: '*', path: '/amount', rule: { max: Math.floor(next() * 10) } }] : [],
    dataDomains: next() < 0.4 ? '*' : some(DOMAINS),
    effects: some(EFFECTS),
    environments: some(ENVIRONMENTS),
    expiresAt: END,
    calls: null,
    spendMinor: null,
    currency: null,
    depth: 0,
  };
}

function makeCall({ next, pick }: Random): LimitedCall {
  return {
    upstream: pick(UPSTREAMS, 'shop'),
    tool: pick(TOOLS, 'read'),
    arguments: { amount: Math.floor(next() * 10) },
    dataDomain: pick(DOMAINS, 'people'),
    effects: [pick(EFFECTS, 'read')],
    environment: pick(ENVIRONMENTS, 'test'),
    at: 1,
  };
}

/** Written apart from the rules of the product, for what is made above alone. */
function allowsNaively(limits: Limits, call: LimitedCall): boolean {
  const names = { ups: call.upstream, act: `${call.upstream}/${call.tool}` };
  const matches = limits.actions.some((pattern) => {
    const source = pattern === '*' ? '.*' : pattern.replaceAll('*', '[^/]*');
    return new RegExp(`^${source}$`).test(names.act);
  });
  const { amount } = call.arguments as { amount: number };
  const holds = limits.arguments.every(({ rule }) => 'max' in rule && amount <= rule.max);
  const isIn = (list: readonly string[] | '*', one: string) => list === '*' || list.indexOf(one) >= 0;
  return (
    matches &&
    holds &&
    isIn(limits.upstreams, names.ups) &&
    isIn(limits.dataDomains, call.dataDomain ?? '') &&
    isIn(limits.environments, call.environment) &&
    call.effects.every((effect) => limits.effects.includes(effect))
  );
}

describe('what organisations may be granted', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await openTestStore();
  });
  afterAll(() => test.remove());

  async function saveOrganisation(name: string, ceiling: Limits, agent: string): Promise<void> {
    const { expiresAt: _, ...rest } = ceiling;
    // An empty list of environments is no terms; the one below is nowhere.
    const environments = rest.environments.length === 0 ? ['nowhere'] : rest.environments;
    const issuers = [{ issuer: `https://${name}.example`, keys: [{ kty: 'EC' }] }];
    const terms = { name, issuers, ceiling: { ...rest, environments }, agents: [agent] };
    const row = { id: `org-${name}`, name, state: 'active' as const, terms: JSON.stringify(terms) };
    await test.store.sql
      .insertInto('organisations')
      .values({ ...row, changed_at: 1, changed_record: 'rec' })
      .execute();
    await test.store.sql
      .insertInto('organisation_agents')
      .values({ agent_id: agent, organisation_id: row.id })
      .execute();
  }

  it(`is never more than all of them allow, in ${CASES} random chains`, { timeout: 120_000 }, async () => {
    const random = createRandom(20_261_123);
    let permitted = 0;
    let refused = 0;
    for (let number = 0; number < CASES; number += 1) {
      const makeAgent = (place: number) => `agt_${String(number * 10 + place).padStart(26, '0')}`;
      const agents = [0, 1, 2].map(makeAgent).slice(0, 1 + Math.floor(random.next() * 3));
      const bound = agents.filter((_, place) => place === agents.length - 1 || random.next() < 0.5);
      const ceilings = bound.map(() => makeLimits(random));
      for (const [place, agent] of bound.entries())
        await saveOrganisation(`n${number}-${place}`, ceilings[place] ?? makeLimits(random), agent);
      const [most, told] = [makeLimits(random), makeLimits(random)];
      const own = `n${number}-${bound.length - 1}`;
      const vouched = {
        ...{ organisation: own, organisationId: `org-${own}`, issuer: `https://${own}.example` },
        ...{ limits: random.next() < 0.3 ? null : told, save: async () => [] },
      };
      const sides = [most, ...ceilings, ...(vouched.limits === null ? [] : [told])];
      let limits: Limits | undefined;
      try {
        limits = await narrowToCeilings(test.store.sql, { agents, most, vouched, isChild: false });
      } catch (thrown) {
        expect(toAppError(thrown).code).toBe('organisation.ceiling_exceeded');
      }
      for (let call = 0; call < CALLS; call += 1) {
        const attempt = makeCall(random);
        const wanted = sides.every((side) => allowsNaively(side, attempt));
        const honoured = limits !== undefined && permits(limits, attempt).permitted;
        if (honoured !== wanted) expect.unreachable(JSON.stringify({ sides, attempt, honoured }));
        if (honoured) permitted += 1;
        else refused += 1;
      }
    }
    // It would say nothing if hardly any call were permitted.
    expect(permitted).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(1_000);
  });
});
