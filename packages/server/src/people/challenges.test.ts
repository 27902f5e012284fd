import { createManualClock } from '@countersign/testkit';
import { expect, it } from 'vitest';
import { createPlatform } from '../platform/platform.ts';
import { createChallenges } from './challenges.ts';

const clock = createManualClock();
const challenges = createChallenges(createPlatform(clock.now));

it('knows its own challenges, for their holder, for five minutes', () => {
  const challenge = challenges.issue('sign-in');
  expect(challenges.isIssued(challenge, 'sign-in')).toBe(true);
  expect(challenges.isIssued(challenge, 'join:other')).toBe(false);
  expect(createChallenges(createPlatform(clock.now)).isIssued(challenge, 'sign-in')).toBe(false);
  clock.advance(5 * 60_000);
  expect(challenges.isIssued(challenge, 'sign-in')).toBe(false);
});

it('is not pushed out of by those who ask for many', () => {
  const mine = challenges.issue('sign-in');
  for (let n = 0; n < 20_000; n++) challenges.issue('sign-in');
  expect(challenges.isIssued(mine, 'sign-in')).toBe(true);
});

it('spends each once, in its one spelling', () => {
  const challenge = challenges.issue('sign-in');
  expect([challenges.spend(challenge), challenges.spend(challenge)]).toEqual([true, false]);
  expect(challenges.isIssued(challenge, 'sign-in')).toBe(false);
  for (const other of [`${challenge}=`, `${challenge}A`, challenge.replace(/.$/, '!'), '', 'AAAA']) {
    expect(challenges.isIssued(other, 'sign-in')).toBe(false);
  }
});
