import type { Context } from '../../../context.ts';

/** Tells whoever looks at the inbox here that another gateway has put a card into it. */
export async function refreshCard(
  { notices, store }: Pick<Context, 'notices' | 'store'>,
  cardId: string,
): Promise<void> {
  const card = await store.sql
    .selectFrom('inbox_cards')
    .select('person_id')
    .where('card_id', '=', cardId)
    .executeTakeFirst();
  if (card !== undefined) notices.tellInbox(card.person_id, cardId);
}
