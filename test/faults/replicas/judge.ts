import type { JournalEntry } from '@countersign/testkit';
import { readMark } from '../ground/marks.ts';
import { MOST_COUNTED } from './cluster.ts';
import type { Told } from './load.ts';
import type { Recorded, RecordedCall } from './read-calls.ts';

/** Three accounts of one run: the upstream's, the clients' and the ledger's. */
export interface Witnesses {
  /** What arrived at the upstream. */
  readonly arrived: readonly JournalEntry[];
  readonly told: Pick<Told, 'results' | 'granted'>;
  readonly recorded: Recorded;
  readonly budget: number;
  /** When the answer to the revocation was here, and how long after it calls may still arrive. */
  readonly revokedAt: number;
  readonly graceMilliseconds: number;
  /** Whether all clocks agree, so that times of different gateways can be compared. */
  readonly areClocksTrue: boolean;
}

/** What no fault may bring about. */
export function findViolations(witnesses: Witnesses): readonly string[] {
  return [
    ...findOverspent(witnesses),
    ...findUndecided(witnesses),
    ...findEndless(witnesses.recorded),
    ...findReleasedTwice(witnesses),
    ...findAfterRevocation(witnesses),
    ...findLost(witnesses),
  ];
}

/** What a tool's calls came to, as the upstream has it and as it was decided. */
export function addUp({ arrived, recorded }: Pick<Witnesses, 'arrived' | 'recorded'>): {
  readonly paid: number;
  readonly decidedToPay: number;
  readonly counted: number;
  readonly decidedToCount: number;
} {
  const allowed = (kind: string) => recorded.calls.filter((call) => isOf(call.mark, kind) && wasLetOut(call));
  return {
    paid: sum(arrived.filter(({ name }) => name === 'pay').map(readAmount)),
    decidedToPay: sum(allowed('pay').map(({ amount }) => amount)),
    counted: arrived.filter(({ name }) => name === 'count').length,
    decidedToCount: allowed('count').length,
  };
}

function findOverspent(witnesses: Witnesses): readonly string[] {
  const { paid, decidedToPay, counted, decidedToCount } = addUp(witnesses);
  const { budget } = witnesses;
  const most: readonly [string, number, number][] = [
    ['paid', paid, budget],
    ['decided to be paid', decidedToPay, budget],
    ['counted', counted, MOST_COUNTED],
    ['decided to be counted', decidedToCount, MOST_COUNTED],
  ];
  return most.flatMap(([what, used, limit]) => (used > limit ? [`${used} ${what} of ${limit}`] : []));
}

/** Nothing reaches the upstream without a decision of its own that was made before. */
function findUndecided({ arrived, recorded, areClocksTrue }: Witnesses): readonly string[] {
  const left = new Map<string, RecordedCall[]>();
  // Of several with one mark those that went out, by their own account, and of these the first.
  const inOrder = recorded.calls
    .filter(wasLetOut)
    .toSorted((one, other) => countRefused(one) - countRefused(other) || one.decidedAt - other.decidedAt);
  for (const call of inOrder) left.set(call.mark, [...(left.get(call.mark) ?? []), call]);
  return arrived.flatMap((entry) => {
    const mark = readMark(entry.arguments) ?? '';
    const decision = left.get(mark)?.shift();
    if (decision === undefined) return [`${mark} reached the upstream without a decision of its own`];
    return areClocksTrue && decision.decidedAt > entry.at
      ? [`${mark} reached the upstream ${decision.decidedAt - entry.at} ms before it was decided`]
      : [];
  });
}

function countRefused({ ends }: RecordedCall): number {
  return ends.filter((end) => end === 'refused').length;
}

/** What was let out ends once, were it with `unknown`. */
function findEndless({ calls }: Recorded): readonly string[] {
  return calls
    .filter((call) => wasLetOut(call) && call.ends.length !== 1)
    .map(({ mark, ends }) => `${mark} was let out and ended ${ends.length} times: ${ends.join(', ')}`);
}

function findReleasedTwice({ arrived, recorded, told }: Witnesses): readonly string[] {
  const broken: string[] = [];
  const { granted, released } = recorded.approvals;
  for (const [approval, times] of granted)
    if (times > 1) broken.push(`${approval} was granted ${times} times`);
  for (const [approval, times] of released) {
    if (times > 1) broken.push(`${approval} released ${times} calls`);
    if (!granted.has(approval)) broken.push(`${approval} released a call and was never granted`);
  }
  for (const { approval } of told.granted)
    if (!granted.has(approval)) broken.push(`the grant of ${approval} was acknowledged and is lost`);
  const wires = arrived.filter(({ name }) => name === 'wire').length;
  const releases = sum([...released.values()]);
  if (wires > releases) broken.push(`${wires} calls that need a person arrived, ${releases} were released`);
  return broken;
}

/** How long after the revocation was acknowledged a call under it arrived last; 0 where none did. */
export function measureLateness({ arrived, revokedAt }: Pick<Witnesses, 'arrived' | 'revokedAt'>): number {
  const late = arrived.filter(({ arguments: args }) => isOf(readMark(args) ?? '', 'leave'));
  return Math.max(0, ...late.map(({ at }) => at - revokedAt));
}

function findAfterRevocation(witnesses: Witnesses): readonly string[] {
  const late = measureLateness(witnesses);
  return late > witnesses.graceMilliseconds
    ? [`a call arrived ${late} ms after its authority was revoked`]
    : [];
}

/** What a client was told is on record, and was there. */
function findLost({ told, recorded, arrived }: Witnesses): readonly string[] {
  const letOut = new Set(recorded.calls.filter(wasLetOut).map(({ mark }) => mark));
  const there = new Set(arrived.map((entry) => readMark(entry.arguments)));
  return told.results.flatMap(({ mark }) => [
    ...(letOut.has(mark) ? [] : [`the result of ${mark} was given and is not on record`]),
    ...(there.has(mark) ? [] : [`the result of ${mark} was given and it never arrived`]),
  ]);
}

/** A step-up is let out by its release. */
export function wasLetOut({ effect, releases }: RecordedCall): boolean {
  return effect === 'allow' || releases > 0;
}

function isOf(mark: string, kind: string): boolean {
  return mark.includes(`-${kind}-`);
}

function readAmount({ arguments: args }: JournalEntry): number {
  return (args as { amount?: number }).amount ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
