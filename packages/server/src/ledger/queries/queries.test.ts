import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { getQuery } from './get-query.ts';
import { listQueries } from './list-queries.ts';
import { removeQuery } from './remove-query.ts';
import { saveQuery } from './save-query.ts';

const anna: Actor = {
  kind: 'person',
  person: 'per_anna',
  roles: ['auditor'],
  session: 'ses_a',
  verifiedAt: 0,
  isFresh: true,
};
const ben: Actor = { ...anna, person: 'per_ben' };
const approver: Actor = { ...anna, roles: ['approver'] };

let test: TestStore;
let context: Pick<Context, 'store' | 'platform'>;
beforeAll(async () => {
  test = await openTestStore();
  context = { store: test.store, platform: createPlatform() };
}, 30_000);
afterAll(() => test.remove());

describe('search.saved: saved searches', () => {
  it('are one person’s until they are shared, and keep their one spelling', async () => {
    const saved = await saveQuery(context, anna, { name: 'mine', query: ' decision:deny   tsk_1 ' });
    expect(saved).toMatchObject({ query: 'decision:deny id:tsk_1', owner: 'per_anna', shared: false });
    await expect(getQuery(context, ben, { name: 'mine' })).rejects.toMatchObject({
      code: 'ledger.query_not_found',
    });
    await saveQuery(context, anna, { name: 'mine', query: 'decision:allow', shared: true });
    expect(await getQuery(context, ben, { name: 'mine' })).toMatchObject({ query: 'decision:allow' });
    await saveQuery(context, ben, { name: 'mine', query: 'tsk_2' });
    expect(await getQuery(context, ben, { name: 'mine' })).toMatchObject({
      query: 'id:tsk_2',
      owner: 'per_ben',
    });
    expect((await listQueries(context, ben)).items).toHaveLength(2);
    expect((await listQueries(context, anna)).items).toHaveLength(1);
  });

  it('are not removed or replaced by others', async () => {
    await saveQuery(context, anna, { name: 'ours', query: 'tsk_1', shared: true });
    const taken = saveQuery(context, ben, { name: 'ours', query: 'tsk_2', shared: true });
    await expect(taken).rejects.toMatchObject({ code: 'ledger.query_name_taken' });
    await expect(removeQuery(context, ben, { name: 'ours' })).rejects.toMatchObject({
      code: 'ledger.query_not_found',
    });
    await removeQuery(context, anna, { name: 'ours' });
    await expect(getQuery(context, anna, { name: 'ours' })).rejects.toMatchObject({
      code: 'ledger.query_not_found',
    });
  });

  it('must be searches, with names, of people who may read the ledger', async () => {
    const bad = saveQuery(context, anna, { name: 'bad', query: 'colour:red' });
    await expect(bad).rejects.toMatchObject({ code: 'ledger.query_invalid' });
    await expect(saveQuery(context, anna, { name: '../x', query: 'a' })).rejects.toThrow();
    const verbs = [
      saveQuery(context, approver, { name: 'x', query: 'a' }),
      listQueries(context, approver),
      getQuery(context, approver, { name: 'mine' }),
      removeQuery(context, approver, { name: 'mine' }),
    ];
    for (const verb of verbs) await expect(verb).rejects.toMatchObject({ code: 'person.forbidden' });
  });

  it('are bounded in number', async () => {
    for (let number = 0; number < 200; number += 1)
      await saveQuery(context, { ...anna, person: 'per_many' }, { name: `q${number}`, query: 'a' });
    const more = saveQuery(context, { ...anna, person: 'per_many' }, { name: 'more', query: 'a' });
    await expect(more).rejects.toMatchObject({ code: 'server.request_invalid' });
  }, 60_000);
});
