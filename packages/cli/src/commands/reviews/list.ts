import { defineCommand } from '../../command.ts';
import { type DueReview, type ListedReview, listedFields, type ReviewFacts } from './review.ts';

export const listReviews = defineCommand<{ due?: boolean }>({
  usage: 'list',
  summary: 'reviews: broken glass that nobody has reviewed, then reviews of access, newest first',
  options: [{ flags: '--due', summary: 'only what waits for a reviewer' }],
  async run(session, { due: isDue }) {
    const api = session.api();
    const { items: due } = await api.get<{ items: readonly DueReview[] }>('/v1/reviews/due');
    const broken = due
      .filter(({ kind }) => kind === 'break-glass')
      .map((one): ListedReview => ({ ...one, state: 'open', review: null }));
    const overdue = new Set(due.filter((one) => one.isOverdue).map(({ id }) => id));
    const reviews = await api.list<ReviewFacts>('/v1/reviews', { limit: 200 });
    const access = reviews
      .filter(({ state }) => isDue !== true || state === 'open')
      .map((one): ListedReview => ({ ...one, kind: 'access', isOverdue: overdue.has(one.id), review: one }));
    const listed = [...broken, ...access];
    if (session.json)
      session.print.rows(
        listed.map(({ review, ...one }) => ({ ...review, ...one })),
        [],
      );
    else
      session.print.rows(
        listed,
        listedFields,
        isDue === true ? 'nothing waits for a review' : 'no reviews yet',
      );
    if (listed.length === 0 && isDue !== true) session.print.next("reviews open '<title>'");
    return undefined;
  },
});
