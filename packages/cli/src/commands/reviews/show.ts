import { defineCommand } from '../../command.ts';
import { type ItemFacts, itemFields, type ReviewDetail, reviewDetailFields } from './review.ts';

export const showReview = defineCommand({
  usage: 'show <review|item>',
  summary: 'a review with its items, or one item: granted against used',
  async run(session, _options, id = '') {
    const api = session.api();
    if (id.startsWith('rvi_'))
      session.print.item(await api.get<ItemFacts>(`/v1/reviews/items/${encodeURIComponent(id)}`), itemFields);
    else
      session.print.item(
        await api.get<ReviewDetail>(`/v1/reviews/${encodeURIComponent(id)}`),
        reviewDetailFields,
      );
    return undefined;
  },
});

export const undoItem = defineCommand({
  usage: 'undo <item>',
  summary: 'where a reviewer gives back with their passkey what a decision took',
  async run(session, _options, id = '') {
    const item = await session.api().get<ItemFacts>(`/v1/reviews/items/${encodeURIComponent(id)}`);
    session.print.item(item, [
      ['STATE', ({ state, decision }) => decision ?? state],
      ['OPEN', ({ link }) => link],
    ]);
    session.print.note('Undoing gives authority back: it is signed with a passkey on this page.');
    return undefined;
  },
});
