import type { Effect } from '../actions/effects.ts';
import { describeRule } from './argument-rule.ts';
import type { Limits } from './limits.ts';

export const EFFECT_WORDS: Readonly<Record<Effect, string>> = {
  read: 'read',
  write: 'change things',
  spend: 'spend money',
  admin: 'administer',
  egress: 'send data out',
};

/** Limits as plain sentences for people. Names come from limits as they are: show them with `renderHonestly`. */
export function describe(limits: Limits): readonly string[] {
  const sentences = [
    limits.actions.length === 0
      ? 'May call nothing.'
      : `May call ${limits.actions.map((pattern) => (pattern === '*' ? 'every tool' : pattern)).join(', ')} ${describePlaces(limits)}.`,
    limits.effects.length === 0
      ? 'May have no effect at all.'
      : `May ${joinWords(limits.effects.map((effect) => EFFECT_WORDS[effect]))}, nothing else.`,
    limits.dataDomains === '*'
      ? 'May touch data of every domain.'
      : `May touch ${limits.dataDomains.length === 0 ? 'no data' : `data of ${joinWords(limits.dataDomains)} only`}.`,
    limits.environments.length === 0
      ? 'Works in no environment.'
      : `Works in ${joinWords(limits.environments)} only.`,
  ];
  for (const { action, path, rule, optional } of limits.arguments) {
    const where = action === '*' ? 'every tool' : action;
    const name = path === '' ? 'the arguments' : path;
    sentences.push(`For ${where}, ${name} ${describeRule(rule)}${optional ? ', if given' : ''}.`);
  }
  if (limits.calls !== null) sentences.push(`May make at most ${countNoun(limits.calls, 'call')}.`);
  if (limits.spendMinor !== null) {
    sentences.push(
      `May spend at most ${limits.spendMinor} minor units of ${limits.currency ?? 'any currency'}.`,
    );
  } else if (limits.currency !== null) {
    sentences.push(`May spend in ${limits.currency} only.`);
  }
  const { rows = null, bytes = null } = limits;
  if (rows !== null) sentences.push(`May get at most ${countNoun(rows, 'row')} of results.`);
  if (bytes !== null) sentences.push(`May get at most ${countNoun(bytes, 'byte')} of answers.`);
  sentences.push(`Ends at ${describeTime(limits.expiresAt)}.`);
  sentences.push(
    limits.depth === 0
      ? 'May not delegate further.'
      : `May be delegated further, ${countNoun(limits.depth, 'step')} deep.`,
  );
  return sentences;
}

function describePlaces(limits: Limits): string {
  if (limits.upstreams === '*') return 'on every upstream';
  return limits.upstreams.length === 0 ? 'on no upstream' : `on ${joinWords(limits.upstreams)}`;
}

export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function countNoun(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

export function describeTime(epochMilliseconds: number): string {
  const time = new Date(epochMilliseconds);
  return Number.isNaN(time.getTime()) ? 'no readable time' : time.toISOString();
}
