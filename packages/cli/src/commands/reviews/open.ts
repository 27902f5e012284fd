import { defineCommand } from '../../command.ts';
import { parseCount } from '../../parse-options.ts';
import { type ReviewFacts, reviewFields } from './review.ts';

export interface ReviewOptions {
  readonly owner?: string;
  readonly upstream?: string;
  readonly tier?: number;
  readonly due?: number;
  readonly window?: number;
  readonly then?: string;
}

export const reviewOptions = [
  { flags: '--owner <person>', summary: 'only agents of this person' },
  { flags: '--upstream <name>', summary: 'only what reaches this upstream' },
  { flags: '--tier <tier>', summary: 'only of this risk tier and above, 0 to 3', parse: parseCount },
  { flags: '--due <days>', summary: '1 to 90, 14 when left out', parse: parseCount },
  {
    flags: '--window <days>',
    summary: 'of use to look back at, 7 to 365, 90 when left out',
    parse: parseCount,
  },
  {
    flags: '--then <what>',
    summary: 'what happens to what nobody decides in time; shrink when left out',
    choices: ['shrink', 'nothing'],
  },
] as const;

/** How a review is opened, as the API takes it. */
export function describeReview(title: string, options: ReviewOptions) {
  const { owner, upstream, tier, due, window, then } = options;
  return {
    title,
    scope: {
      ...(owner === undefined ? {} : { ownerId: owner }),
      ...(upstream === undefined ? {} : { upstream }),
      ...(tier === undefined ? {} : { minTier: tier }),
    },
    ...(due === undefined ? {} : { dueDays: due }),
    ...(window === undefined ? {} : { windowDays: window }),
    ...(then === undefined ? {} : { atDeadline: then }),
  };
}

export const openReview = defineCommand<ReviewOptions>({
  usage: 'open <title>',
  summary: 'have people review what agents may do against what they did',
  options: reviewOptions,
  examples: ["reviews open 'Autumn 2026'", "reviews open 'Payments' --upstream payments --tier 2 --due 7"],
  async run(session, options, title = '') {
    const body = describeReview(title, options);
    session.print.item(await session.api().send<ReviewFacts>('POST', '/v1/reviews', body), reviewFields);
    return undefined;
  },
});
