import type { JournalEntry } from '@countersign/testkit';
import type { Acknowledged } from './acknowledged.ts';
import { readMark } from './marks.ts';
import type { CallEvidence, Evidence } from './read-evidence.ts';

export interface Witnesses {
  readonly evidence: Evidence;
  /** What arrived at the upstream, by its own account. */
  readonly journal: readonly JournalEntry[];
  /** What clients were told, by their own account. */
  readonly acknowledged: readonly Acknowledged[];
  /** Calls used, by task and delegation, as the server's state has it. */
  readonly budgets: ReadonlyMap<string, number>;
}

/** Holds three accounts of the same time against each other: the ledger's, the upstream's and the clients'. */
export function findBrokenPromises(witnesses: Witnesses): string[] {
  const { report } = witnesses.evidence;
  return [
    ...report.findings.map(({ code, seq, detail }) => `the ledger: ${code} at ${seq}: ${detail}`),
    ...findUndecided(witnesses),
    ...findLost(witnesses),
    ...findEndless(witnesses.evidence),
    ...findMiscounted(witnesses),
  ];
}

/** Nothing reaches the upstream without a decision that was durable before, and none more than once. */
function findUndecided({ evidence, journal }: Witnesses): string[] {
  const left = new Map<string, CallEvidence[]>();
  return journal.flatMap((entry) => {
    if (entry.method !== 'tools/call') return [];
    const mark = readMark(entry.arguments);
    if (mark === undefined) return [`the upstream got a call without a mark: ${entry.name}`];
    const allowed = left.get(mark) ?? (evidence.calls.get(mark) ?? []).filter(wasAllowed);
    const decision = allowed.shift();
    left.set(mark, allowed);
    if (decision === undefined) return [`${mark} reached the upstream without a decision of its own`];
    if (decision.decidedAt > entry.at) return [`${mark} reached the upstream before it was decided`];
    return entry.name === 'pay' && !decision.released
      ? [`${mark} reached the upstream without a release`]
      : [];
  });
}

/** What a client was told is there after every restart. */
function findLost({ evidence, acknowledged }: Witnesses): string[] {
  return acknowledged
    .filter(({ told, id }) => {
      const calls = evidence.calls.get(id) ?? [];
      if (told === 'result') return !calls.some(wasAllowed);
      if (told === 'denial') return !calls.some(({ effect }) => effect === 'deny');
      return !evidence.facts.has(`${told} ${id}`);
    })
    .map(({ told, id }) => `${told} of ${id} was acknowledged and is lost`);
}

/** A call that was let out ends once, were it with `unknown`. */
function findEndless({ calls }: Evidence): string[] {
  return [...calls].flatMap(([mark, attempts]) =>
    attempts
      .filter((attempt) => wasAllowed(attempt) && attempt.ends.length !== 1)
      .map(({ ends }) => `${mark} was let out and ended ${ends.length} times: ${ends.join(', ')}`),
  );
}

/** A budget is spent in the same write as the decision: never less, and never more. */
function findMiscounted({ evidence: { spent }, budgets }: Witnesses): string[] {
  return [...new Set([...spent.keys(), ...budgets.keys()])]
    .filter((holder) => (spent.get(holder) ?? 0) !== (budgets.get(holder) ?? 0))
    .map((holder) => `${holder}: ${budgets.get(holder) ?? 0} calls used, ${spent.get(holder) ?? 0} decided`);
}

function wasAllowed({ effect }: CallEvidence): boolean {
  return effect === 'allow';
}
