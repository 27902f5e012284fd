/** One person's decision about one request, as far as care can be measured. */
export interface Attended {
  readonly person: string;
  readonly outcome: 'approve' | 'deny';
  /** `<upstream>/<tool>` of an agent. */
  readonly agent: string;
  readonly tool: string;
  readonly policies: readonly string[];
  /** For how long the page was in front of them; null when nobody measured. */
  readonly readMilliseconds: number | null;
  /** Parts that they opened; null when nobody measured. */
  readonly opened: number | null;
  /** From the request to the decision. */
  readonly waitedMilliseconds: number;
  readonly isRegretted: boolean;
}

/** How one person decides. Shares are from 0 to 1; null where nothing is known. */
export interface AttentionOf {
  readonly person: string;
  readonly approved: number;
  readonly denied: number;
  readonly medianReadMilliseconds: number | null;
  readonly medianWaitMilliseconds: number | null;
  readonly neverOpenedShare: number | null;
  readonly regretted: number;
}

export type Advice =
  /** One person always says yes to this, and quickly. */
  | {
      readonly kind: 'write_a_policy';
      readonly person: string;
      readonly agent: string;
      readonly tool: string;
      readonly approved: number;
      readonly medianReadMilliseconds: number;
    }
  /** Nobody ever says no where this policy asks. */
  | { readonly kind: 'adds_no_control'; readonly policy: string; readonly decided: number };

/** From so many decisions on a habit is one. */
export const FEWEST_FOR_ADVICE = 20;
/** Nobody reads a page in less. */
export const HASTY_MILLISECONDS = 5_000;

export function measureAttention(decisions: readonly Attended[]): readonly AttentionOf[] {
  return [...Map.groupBy(decisions, ({ person }) => person)].map(([person, theirs]) => {
    const opened = theirs.flatMap((one) => one.opened ?? []);
    return {
      person,
      approved: theirs.filter(({ outcome }) => outcome === 'approve').length,
      denied: theirs.filter(({ outcome }) => outcome === 'deny').length,
      medianReadMilliseconds: median(theirs.flatMap((one) => one.readMilliseconds ?? [])),
      medianWaitMilliseconds: median(theirs.map((one) => one.waitedMilliseconds)),
      neverOpenedShare:
        opened.length === 0 ? null : opened.filter((count) => count === 0).length / opened.length,
      regretted: theirs.filter(({ isRegretted }) => isRegretted).length,
    };
  });
}

/** What the decisions say of the questions: the most frequent first. */
export function adviseOnAttention(decisions: readonly Attended[]): readonly Advice[] {
  const habits = [...Map.groupBy(decisions, (one) => JSON.stringify([one.person, one.agent, one.tool]))];
  const hasty = habits.flatMap(([, same]): Advice[] => {
    const [first] = same;
    const read = median(same.flatMap((one) => one.readMilliseconds ?? []));
    const isHabit = same.length >= FEWEST_FOR_ADVICE && same.every(({ outcome }) => outcome === 'approve');
    if (first === undefined || !isHabit || read === null || read >= HASTY_MILLISECONDS) return [];
    const { person, agent, tool } = first;
    return [
      { kind: 'write_a_policy', person, agent, tool, approved: same.length, medianReadMilliseconds: read },
    ];
  });
  const policies = new Set(decisions.flatMap((one) => one.policies));
  const idle = [...policies].flatMap((policy): Advice[] => {
    const asked = decisions.filter((one) => one.policies.includes(policy));
    const isIdle = asked.length >= FEWEST_FOR_ADVICE && asked.every(({ outcome }) => outcome === 'approve');
    return isIdle ? [{ kind: 'adds_no_control', policy, decided: asked.length }] : [];
  });
  return [...hasty, ...idle].sort((a, b) => countOf(b) - countOf(a));
}

function countOf(advice: Advice): number {
  return advice.kind === 'write_a_policy' ? advice.approved : advice.decided;
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
