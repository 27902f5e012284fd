import type { DoneChoice, DoneSelector, PolicySequence } from './sequence.ts';

/** Where in the order of what a task did, and when. */
export interface DoneMoment {
  /** From 1 upwards; 0: it was done, and nobody knows any more before or after what. */
  readonly position: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What a task and those it is of one line with have done, in its order; without labels that a person has lifted by now (epoch milliseconds). */
export interface SequenceHistory {
  /** The last time that something of it was begun, that is, let out. */
  lastBegun(selector: DoneSelector, now: number): DoneMoment | undefined;
  /** The last time that something of it was seen to end well. */
  lastCompleted(selector: DoneSelector, now: number): DoneMoment | undefined;
  /** Refused calls, of these tools or (null) of any, and the last of them. */
  denialsOf(selector: DoneSelector | null): { readonly times: number; readonly last: DoneMoment | undefined };
  /** What the whole line has spent, in minor units. */
  readonly spentMinor: number;
}

export type SequenceVerdict = { readonly holds: true } | { readonly holds: false; readonly because: string };

const HOLDS: SequenceVerdict = { holds: true };
const BEGINNING: DoneMoment = { position: 1, at: 0 };

/**
 * Whether a policy counts for a call now (epoch milliseconds). Doubt is for the stricter side: what sets a forbid counts
 * once it was begun, what ends it once it has ended well and surely later; a permit the other way round.
 */
export function judgeSequence(
  sequence: PolicySequence,
  effect: 'permit' | 'forbid',
  history: SequenceHistory,
  now: number,
): SequenceVerdict {
  const { after, denied, spentMinor, without, withinSeconds } = sequence;
  const isForbid = effect === 'forbid';
  const find = (selector: DoneSelector, hasSettled: boolean): DoneMoment | undefined =>
    hasSettled ? history.lastCompleted(selector, now) : history.lastBegun(selector, now);
  const moments: DoneMoment[] = [];
  for (const choice of after) {
    const moment = findMoment(choice, (selector) => find(selector, !isForbid));
    if (moment === undefined) return { holds: false, because: `nothing of ${nameChoice(choice)} was done` };
    moments.push(moment);
  }
  if (denied !== null) {
    const moment = findDenied(denied, history);
    if (moment === undefined)
      return { holds: false, because: `fewer than ${denied.times} such calls were refused` };
    moments.push(moment);
  }
  if (spentMinor !== null && history.spentMinor < spentMinor)
    return { holds: false, because: `less than ${spentMinor} was spent` };
  const since = moments.length === 0 ? BEGINNING : latest(moments);
  // How long ago it was is not known of what stands in no order.
  const isPast = since.position === 0 ? !isForbid : now - since.at > (withinSeconds ?? 0) * 1000;
  if (withinSeconds !== null && isPast)
    return { holds: false, because: `it is longer ago than ${withinSeconds} s` };
  const isFromStart = moments.length === 0;
  const ending = without?.find((together) => {
    const found = together.map((selector) => find(selector, isForbid));
    return isForbid
      ? found.every((one) => one !== undefined && (isFromStart || isSurelyLater(one, since)))
      : found.every((one) => one !== undefined && (isFromStart || !isSurelyLater(since, one)));
  });
  return ending === undefined ? HOLDS : { holds: false, because: `${nameChoice([ending])} was done since` };
}

/** When the first of the alternatives to do so was there as a whole, by the last times of its parts. */
function findMoment(
  choice: DoneChoice,
  find: (selector: DoneSelector) => DoneMoment | undefined,
): DoneMoment | undefined {
  const whole = choice.flatMap((together) => {
    const found = together.map(find);
    const moments = found.filter((one) => one !== undefined);
    return moments.length === found.length && moments.length > 0 ? [latest(moments)] : [];
  });
  return whole.length === 0 ? undefined : latest(whole);
}

function findDenied(
  { tools, times }: NonNullable<PolicySequence['denied']>,
  history: SequenceHistory,
): DoneMoment | undefined {
  const counts =
    tools === null ? [history.denialsOf(null)] : tools.flat().map((selector) => history.denialsOf(selector));
  const sum = counts.reduce((total, one) => total + one.times, 0);
  const last = counts.flatMap((one) => one.last ?? []);
  return sum < times || last.length === 0 ? undefined : latest(last);
}

/** Of moments of which one is not in order, nothing is later for sure. */
function latest(moments: readonly DoneMoment[]): DoneMoment {
  const isInOrder = moments.every(({ position }) => position > 0);
  return {
    position: isInOrder ? Math.max(...moments.map(({ position }) => position)) : 0,
    at: Math.max(...moments.map(({ at }) => at)),
  };
}

function isSurelyLater(one: DoneMoment, other: DoneMoment): boolean {
  return one.position > 0 && other.position > 0 && one.position > other.position;
}

function nameChoice(choice: DoneChoice): string {
  return choice
    .map((together) => together.map(({ kind, name }) => `${kind}:${name}`).join(' and '))
    .join(' or ');
}
