import { type Effect, joinEffects, meetEffects } from '../actions/effects.ts';
import { isPatternWithin } from './action-pattern.ts';
import { isWithin } from './is-within.ts';
import type { Limits } from './limits.ts';

/** One tool as it was used under limits. */
export interface UsedTool {
  readonly upstream: string;
  readonly tool: string;
  readonly effects: readonly Effect[];
  /** Empty: unknown. */
  readonly dataDomain: string;
  readonly environment: string;
}

export interface UseOfLimits {
  readonly tools: readonly UsedTool[];
  /** In the time looked at, in minor units of the limits' currency. */
  readonly spendMinor: number;
  /** Links that were passed on below and used. */
  readonly depth: number;
  /** Over the whole life, as budgets count it: what is gone is not given again. */
  readonly total: {
    readonly calls: number;
    readonly spendMinor: number;
    readonly rows: number;
    readonly bytes: number;
  };
}

const MOST_PATTERNS = 256;

/**
 * The limits within the given ones that still permit what was used: those tools by name, their upstreams, effects, data
 * domains and environments, half as much again as was spent, and what is left of every budget. Null when nothing was
 * used, for then nothing is needed. Always within the given limits.
 */
export function shrinkToUse(limits: Limits, use: UseOfLimits): Limits | null {
  const left = keepRemaining(limits, use.total);
  const tools = use.tools.filter((one) => isReached(limits, one));
  if (tools.length === 0) return null;
  const actions = [...new Set(tools.map(({ upstream, tool }) => `${upstream}/${tool}`))].sort();
  const effects = tools.reduce<readonly Effect[]>((all, one) => joinEffects(all, one.effects), []);
  const spends = effects.includes('spend');
  const shrunk: Limits = {
    ...left,
    upstreams: keepUsed(
      limits.upstreams,
      tools.map(({ upstream }) => upstream),
    ),
    // More names than limits may have: the patterns that stood there hold as well.
    actions: actions.length > MOST_PATTERNS ? limits.actions : actions,
    effects: meetEffects(limits.effects, effects),
    dataDomains: keepDomains(limits.dataDomains, tools),
    environments: limits.environments.filter((name) => tools.some((one) => one.environment === name)),
    ...(spends
      ? {
          spendMinor: least(
            left.spendMinor,
            limits.currency === null ? null : Math.ceil(use.spendMinor * 1.5),
          ),
        }
      : {}),
    depth: Math.min(limits.depth, use.depth),
  };
  return isWithin(shrunk, limits).within ? shrunk : left;
}

/** The same limits with what was used up of their budgets taken off. */
export function keepRemaining(limits: Limits, total: UseOfLimits['total']): Limits {
  const rest = (limit: number | null, used: number) => (limit === null ? null : Math.max(0, limit - used));
  return {
    ...limits,
    calls: rest(limits.calls, total.calls),
    spendMinor: rest(limits.spendMinor, total.spendMinor),
    ...(limits.rows === undefined ? {} : { rows: rest(limits.rows, total.rows) }),
    ...(limits.bytes === undefined ? {} : { bytes: rest(limits.bytes, total.bytes) }),
  };
}

/** What was used under another classification of the tool than today's is in no limits. */
function isReached(limits: Limits, { upstream, tool, dataDomain }: UsedTool): boolean {
  if (limits.upstreams !== '*' && !limits.upstreams.includes(upstream)) return false;
  if (limits.dataDomains !== '*' && !limits.dataDomains.includes(dataDomain)) return false;
  return limits.actions.some((pattern) => isPatternWithin(`${upstream}/${tool}`, pattern));
}

function keepUsed(given: readonly string[] | '*', used: readonly string[]): readonly string[] {
  const names = [...new Set(used)].sort();
  return given === '*' ? names : given.filter((name) => names.includes(name));
}

/** Only limits on all data domains permit data of which nobody knows the domain. */
function keepDomains(given: Limits['dataDomains'], tools: readonly UsedTool[]): Limits['dataDomains'] {
  const names = tools.map(({ dataDomain }) => dataDomain);
  return given === '*' && names.includes('') ? '*' : keepUsed(given, names);
}

function least(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}
