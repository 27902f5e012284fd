import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { type Column, ShownText } from '../../output/printer.ts';

export interface DueReview {
  readonly kind: 'access' | 'break-glass';
  readonly id: string;
  readonly title: string;
  readonly open: number;
  readonly dueAt: number;
  readonly isOverdue: boolean;
  readonly link: string;
}

/** A review of either kind in one list. */
export interface ListedReview extends DueReview {
  readonly state: string;
  /** Null of broken glass. */
  readonly review: ReviewFacts | null;
}

export const listedFields: readonly Column<ListedReview>[] = [
  ['ID', ({ id }) => id],
  ['KIND', ({ kind }) => kind],
  ['TITLE', ({ title }) => title],
  ['STATE', ({ state, isOverdue }) => (isOverdue ? 'OVERDUE' : state)],
  ['OPEN', ({ open, review }) => (review === null ? open : `${open} of ${review.items}`)],
  ['DUE', ({ dueAt }) => formatTime(dueAt)],
  ['THEN', ({ review }) => review?.atDeadline ?? ''],
  ['LINK', ({ link }) => link],
];

export interface ReviewFacts {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly atDeadline: string;
  readonly dueAt: number;
  readonly items: number;
  readonly open: number;
  readonly link: string;
}

export interface ReviewDetail extends ReviewFacts {
  readonly list: readonly {
    readonly id: string;
    readonly agentName: string;
    readonly tier: number;
    readonly state: string;
    readonly decision: string | null;
    readonly reviewers: readonly string[];
  }[];
}

export const reviewFields: readonly Column<ReviewFacts>[] = [
  ['ID', ({ id }) => id],
  ['TITLE', ({ title }) => title],
  ['STATE', ({ state }) => state],
  ['OPEN', ({ open, items }) => `${open} of ${items}`],
  ['DUE', ({ dueAt }) => formatTime(dueAt)],
  ['THEN', ({ atDeadline }) => atDeadline],
  ['LINK', ({ link }) => link],
];

export const reviewDetailFields: readonly Column<ReviewDetail>[] = [
  ...reviewFields,
  [
    'ITEMS',
    ({ list }) =>
      new ShownText(
        list
          .map(({ id, agentName, tier, state, decision, reviewers }) =>
            showHonestly(
              `${id}  tier ${tier}  ${decision ?? state}  ${agentName}${reviewers.length === 0 ? '  (nobody may decide it)' : ''}`,
            ),
          )
          .join('\n'),
      ),
  ],
];

export interface ItemFacts {
  readonly id: string;
  readonly reviewId: string;
  readonly tier: number;
  readonly state: string;
  readonly decision: string | null;
  readonly agent: { readonly name: string; readonly purpose: string; readonly state: string };
  readonly owner: { readonly name: string };
  readonly granted: { readonly toolCount: number } | null;
  readonly use: {
    readonly calls: number;
    readonly denied: number;
    readonly tools: readonly { readonly upstream: string; readonly tool: string; readonly allowed: number }[];
  } | null;
  readonly narrowing: readonly string[];
  readonly policy: {
    readonly why: string | null;
    readonly change: { readonly file: string; readonly policyId: string; readonly text: string } | null;
  };
  readonly policyChange: {
    readonly file: string;
    readonly policyId: string;
    readonly text: string;
    readonly to: string;
    readonly standing: string;
  } | null;
  readonly proposed: object | null;
  readonly ghosts: readonly { readonly detail: string }[];
  readonly notKnown: readonly string[];
  readonly link: string;
}

const lines = (texts: readonly string[]) => new ShownText(texts.map((text) => showHonestly(text)).join('\n'));

function describePolicy(policy: ItemFacts['policy'], applied: ItemFacts['policyChange']): unknown {
  const added = applied ?? policy.change;
  if (added === null) return `no change: ${policy.why ?? ''}`;
  const head = applied === null ? (policy.why ?? 'added on signature') : `added by ${applied.to}`;
  return lines([`${added.file}: ${head}`, ...added.text.split('\n').map((line) => `+ ${line}`)]);
}

export const itemFields: readonly Column<ItemFacts>[] = [
  ['ID', ({ id }) => id],
  ['AGENT', ({ agent }) => agent.name],
  ['PURPOSE', ({ agent }) => agent.purpose],
  ['OWNER', ({ owner }) => owner.name],
  ['TIER', ({ tier }) => tier],
  ['STATE', ({ state, decision }) => decision ?? state],
  ['GRANTED', ({ granted }) => (granted === null ? 'nothing' : `${granted.toolCount} tools`)],
  [
    'USED',
    ({ use }) =>
      use === null
        ? null
        : lines(
            use.tools
              .filter(({ allowed }) => allowed > 0)
              .map((one) => `${one.upstream}/${one.tool}  ${one.allowed}`),
          ),
  ],
  [
    'SHRUNK',
    ({ narrowing, proposed, granted }) =>
      granted !== null && proposed === null ? 'it ends' : lines(narrowing),
  ],
  ['POLICY', ({ policy, policyChange }) => describePolicy(policy, policyChange)],
  ['ODD', ({ ghosts }) => lines(ghosts.map(({ detail }) => detail))],
  ['NOT KNOWN', ({ notKnown }) => lines(notKnown)],
  ['LINK', ({ link }) => link],
];
