import type { Store } from '../../database/database.ts';
import type { ApprovalChannel } from '../approval-channel.ts';

export interface InboxParts {
  readonly name: string;
  readonly store: Store;
  /** Tells whoever looks at the inbox right now; what is lost here is read from the store. */
  tell(personId: string, cardId: string): void;
}

/** The cards of a person in this very house: always on, and true after whatever happened to the others. */
export function createInboxChannel({ name, store, tell }: InboxParts): ApprovalChannel {
  return {
    ...{ name, kind: 'inbox', reach: 'person', addresses: 'none', shows: 'every-change' },
    readAddress: () => undefined,
    async deliver({ card, to, at }) {
      if (to === null) return { outcome: 'refused', why: 'an inbox is of a person' };
      const shown = JSON.stringify(card);
      await store.sql
        .insertInto('inbox_cards')
        .values({ card_id: card.id, person_id: to.personId, shown, created_at: at, changed_at: at })
        .onConflict((conflict) => conflict.column('card_id').doUpdateSet({ shown, changed_at: at }))
        .execute();
      tell(to.personId, card.id);
      return { outcome: 'delivered', handle: card.id };
    },
    async close() {},
  };
}
