import { describeRule } from './argument-rule.ts';
import { describeTime, EFFECT_WORDS, joinWords } from './describe.ts';
import type { ArgumentConstraint, Limits } from './limits.ts';

/**
 * What a delegation gives less of than the one it was made from, as plain sentences for people; empty when it gives the
 * same. One step of depth is what passing on costs and is not said. Names come from limits as they are: show them with
 * `renderHonestly`.
 */
export function describeNarrowing(parent: Limits, child: Limits): readonly string[] {
  return [
    ...describeList('on', parent.upstreams, child.upstreams),
    ...describeActions(parent.actions, child.actions),
    ...describeDropped(
      'May no longer',
      parent.effects.filter((one) => !child.effects.includes(one)).map((effect) => EFFECT_WORDS[effect]),
    ),
    ...describeList('with data of', parent.dataDomains, child.dataDomains),
    ...describeDropped(
      'No longer in',
      parent.environments.filter((one) => !child.environments.includes(one)),
    ),
    ...child.arguments.filter((one) => !isAmong(parent.arguments, one)).map(describeConstraint),
    ...describeCount('calls', parent.calls, child.calls),
    ...describeCount('minor units spent', parent.spendMinor, child.spendMinor),
    ...describeCount('rows of results', parent.rows ?? null, child.rows ?? null),
    ...describeCount('bytes of answers', parent.bytes ?? null, child.bytes ?? null),
    ...(child.expiresAt < parent.expiresAt ? [`Ends earlier: at ${describeTime(child.expiresAt)}.`] : []),
    ...(child.depth === 0 && parent.depth > 1 ? ['May not be passed on further.'] : []),
  ];
}

function describeList(
  relation: string,
  parent: readonly string[] | '*',
  child: readonly string[] | '*',
): string[] {
  if (child === '*') return [];
  if (parent !== '*' && parent.every((one) => child.includes(one))) return [];
  return [child.length === 0 ? `No longer ${relation} anything.` : `Only ${relation} ${joinWords(child)}.`];
}

function describeActions(parent: readonly string[], child: readonly string[]): string[] {
  const isSame = child.length === parent.length && child.every((one) => parent.includes(one));
  if (isSame) return [];
  return [child.length === 0 ? 'May call nothing.' : `May call only ${joinWords(child)}.`];
}

function describeDropped(start: string, dropped: readonly string[]): string[] {
  return dropped.length === 0 ? [] : [`${start} ${joinWords(dropped)}.`];
}

function describeCount(noun: string, parent: number | null, child: number | null): string[] {
  if (child === null || child === parent) return [];
  return [`At most ${child} ${noun}${parent === null ? '' : ` instead of ${parent}`}.`];
}

function isAmong(constraints: readonly ArgumentConstraint[], one: ArgumentConstraint): boolean {
  return constraints.some((other) => describeConstraint(other) === describeConstraint(one));
}

function describeConstraint({ action, path, rule, optional }: ArgumentConstraint): string {
  const where = action === '*' ? 'every tool' : action;
  return `For ${where}, ${path || 'the arguments'} ${describeRule(rule)}${optional ? ', if given' : ''}.`;
}
