import { afterEach, beforeEach, describe } from 'vitest';
import { openTestStore, type TestStore } from '../../database/open-test-store.ts';
import { testApprovalChannel } from '../approval-channel.contract.ts';
import { createInboxChannel } from './create-inbox-channel.ts';

describe('the contract', () => {
  let test: TestStore;
  beforeEach(async () => {
    test = await openTestStore();
  });
  afterEach(() => test.remove());
  testApprovalChannel(async () => ({
    channel: createInboxChannel({ name: 'inbox', store: test.store, tell: () => undefined }),
    to: { personId: 'per_1', address: null },
    show: async () => {
      const rows = await test.store.sql.selectFrom('inbox_cards').selectAll().execute();
      return rows.map((row) => ({ key: row.card_id, text: row.shown }));
    },
    close: async () => undefined,
  }));
});
