import { defineCommand } from '../../command.ts';
import { type ReviewFacts, reviewFields } from './review.ts';

export const listReviews = defineCommand({
  usage: 'list',
  summary: 'reviews, newest first',
  async run(session) {
    const reviews = await session.api().list<ReviewFacts>('/v1/reviews', { limit: 200 });
    session.print.rows(reviews, reviewFields, 'no reviews yet');
    if (reviews.length === 0) session.print.next("reviews open '<title>'");
    return undefined;
  },
});
