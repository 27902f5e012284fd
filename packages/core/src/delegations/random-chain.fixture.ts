import { EFFECTS } from '../actions/effects.ts';
import type { JsonObject, JsonValue } from '../actions/json-value.ts';
import type { AgentId, DelegationId, PersonId } from '../ids.ts';
import type { Chain, ChainLink } from './chain.ts';
import type { ArgumentConstraint, ArgumentRule, Limits } from './limits.ts';
import type { LimitedCall } from './permits.ts';

/** The same numbers for the same seed, so that a failure can be had again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }

  some<T>(list: readonly T[], probability = 0.6): T[] {
    return list.filter(() => this.chance(probability));
  }
}

export const START = 1_000_000;

type Names = readonly [string, ...string[]];

const UPSTREAMS: Names = ['pay', 'files', 'mail'];
const PATTERNS = [
  '*',
  'pay/*',
  'pay/send',
  'pay/send_*',
  'files/*',
  'files/read_*',
  'files/read_all',
  '*/send',
] as const;
const TOOLS = ['send', 'send_all', 'read_all', 'read_', 'list'] as const;
const DOMAINS: Names = ['invoices', 'people', 'mail'];
const ENVIRONMENTS: Names = ['test', 'production'];
const AMOUNTS = [0, 9, 10, 11, 99, 100, 101] as const;
const DIRECTORIES = ['/a', '/a/b', '/a/b/c', '/ab'] as const;
const PATHS: readonly [JsonValue, ...JsonValue[]] = ['/a', '/a/b', '/a/b/c', '/ab', '/a/../b', '/a/b/x', 7];
const CURRENCIES = ['EUR', 'USD'] as const;

function makeRule(random: Random): readonly [string, ArgumentRule] {
  switch (random.below(6)) {
    case 0:
      return ['/amount', { max: random.pick(AMOUNTS) }];
    case 1:
      return ['/amount', { min: random.pick(AMOUNTS) }];
    case 2:
      return ['/amount', { oneOf: random.some(AMOUNTS) }];
    case 3:
      return ['/path', { pathWithin: random.pick(DIRECTORIES) }];
    case 4:
      return ['/path', { prefix: random.pick(DIRECTORIES) }];
    default:
      return ['/path', { maxLength: random.below(7) }];
  }
}

function makeConstraint(random: Random): ArgumentConstraint {
  const [path, rule] = makeRule(random);
  const constraint = { action: random.pick(PATTERNS), path, rule };
  return random.chance(0.3) ? { ...constraint, optional: true } : constraint;
}

/** Any limits at all: what a person gives first, or a child that was never checked. */
export function makeLimits(random: Random): Limits {
  const spends = random.chance(0.5);
  return {
    upstreams: random.chance(0.4) ? '*' : random.some(UPSTREAMS, 0.8),
    actions: random.chance(0.4) ? ['*'] : random.some(PATTERNS),
    arguments: random.chance(0.5) ? [] : [makeConstraint(random), makeConstraint(random)],
    dataDomains: random.chance(0.4) ? '*' : random.some(DOMAINS, 0.8),
    effects: random.some(EFFECTS, 0.8),
    environments: random.some(ENVIRONMENTS, 0.9),
    expiresAt: START + 1 + random.below(1000),
    calls: random.chance(0.5) ? null : random.below(20),
    spendMinor: spends ? random.pick(AMOUNTS) : null,
    currency: spends || random.chance(0.2) ? random.pick(CURRENCIES) : null,
    ...(random.chance(0.5) && { rows: random.chance(0.3) ? null : random.below(20) }),
    ...(random.chance(0.5) && { bytes: random.chance(0.3) ? null : random.below(2000) }),
    depth: 2 + random.below(7),
  };
}

/** As an honest giver narrows: less of anything, or the same. */
export function narrow(random: Random, parent: Limits): Limits {
  const less = (count: number | null): number | null =>
    count === null || random.chance(0.7) ? count : random.below(count + 1);
  return {
    ...parent,
    upstreams: parent.upstreams === '*' ? parent.upstreams : random.some(parent.upstreams, 0.95),
    actions: random.chance(0.7) ? parent.actions : random.some(parent.actions, 0.9),
    arguments: random.chance(0.7) ? parent.arguments : [...parent.arguments, makeConstraint(random)],
    dataDomains: parent.dataDomains === '*' ? parent.dataDomains : random.some(parent.dataDomains, 0.95),
    effects: random.some(parent.effects, 0.97),
    environments: random.some(parent.environments, 0.97),
    expiresAt: parent.expiresAt - (random.chance(0.8) ? 0 : random.below(3)),
    calls: less(parent.calls),
    spendMinor: less(parent.spendMinor),
    ...(parent.rows === undefined ? {} : { rows: less(parent.rows) }),
    ...(parent.bytes === undefined ? {} : { bytes: less(parent.bytes) }),
    depth: Math.max(0, parent.depth - 1 - random.below(2)),
  };
}

/** One field of somebody else's, which may be wider, narrower or neither. */
function bend(random: Random, limits: Limits): Limits {
  const other = makeLimits(random);
  const field = random.pick(Object.keys(limits) as [keyof Limits, ...(keyof Limits)[]]);
  return { ...limits, [field]: other[field] };
}

export function makeChain(random: Random): Chain {
  const length = 1 + random.below(6);
  const bentAt = random.chance(0.4) ? 1 + random.below(5) : -1;
  const links: ChainLink[] = [];
  for (let at = 0; at < length; at += 1) {
    const before = links[at - 1]?.limits;
    const honest = before === undefined ? makeLimits(random) : narrow(random, before);
    const limits = at === bentAt ? bend(random, honest) : honest;
    links.push({
      id: `dlg_${at}` as DelegationId,
      from: at === 0 ? ('per_00000000000000000000000001' as PersonId) : name(at - 1),
      to: random.chance(0.01) ? name(0) : name(at),
      limits,
      revoked: random.chance(0.01),
    });
  }
  return { holder: links.at(-1)?.to ?? name(0), links };
}

function name(number: number): AgentId {
  return `agt_0000000000000000000000000${number}` as AgentId;
}

/** A call at the edge of what the limits permit: mostly inside, now and then one step outside. */
export function makeCall(random: Random, limits: Limits): LimitedCall {
  const inside = <T extends string>(own: readonly T[] | '*', all: readonly [T, ...T[]]): T => {
    const [first, ...others] = own === '*' || random.chance(0.1) ? all : own;
    return first === undefined ? random.pick(all) : random.pick([first, ...others]);
  };
  const given: JsonObject = {
    ...(random.chance(0.8) && { amount: random.pick(AMOUNTS) }),
    ...(random.chance(0.8) && { path: random.pick(PATHS) }),
  };
  const edge = limits.spendMinor ?? random.pick(AMOUNTS);
  const spend = { minor: Math.max(0, edge + random.below(3) - 1), currency: limits.currency ?? 'EUR' };
  return {
    upstream: inside(limits.upstreams, UPSTREAMS),
    tool: random.pick(TOOLS),
    arguments: given,
    dataDomain: random.chance(0.05) ? null : inside(limits.dataDomains, DOMAINS),
    effects: [inside(limits.effects, EFFECTS)],
    environment: inside(limits.environments, ENVIRONMENTS),
    at: limits.expiresAt - (random.chance(0.9) ? 1 + random.below(3) : 0),
    ...(random.chance(0.5) && { spend }),
  };
}
