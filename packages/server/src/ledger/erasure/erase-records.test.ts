import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { findRecord } from '../find-record.ts';
import { addHold, endHold } from '../holds/holds.ts';
import { retireClass } from '../retention/retire-class.ts';
import { findRecords } from '../search-ledger.ts';
import { eraseRecords } from './erase-records.ts';
import { finishErasures } from './finish-erasures.ts';
import { previewErasure } from './preview-erasure.ts';

const administrator: Actor = {
  ...{ kind: 'person', person: 'per_a', roles: ['admin', 'auditor'], session: 'ses_a' },
  ...{ verifiedAt: 0, isFresh: true },
};
const mark = 'a-name-nobody-else-has';
let test: TestStore;
const platform = createPlatform();
const context = (store: Store = test.store): Pick<Context, 'store' | 'platform'> => ({ store, platform });

beforeEach(async () => {
  test = await openTestStore();
  await test.store.append(Array.from({ length: 40 }, (_, number) => makeSaid(number)));
}, 30_000);
afterEach(() => test.remove());

async function erase(id: string, on = context(), reason = 'asked for'): Promise<unknown> {
  const { digest } = await previewErasure(on, administrator, { id });
  return eraseRecords(on, administrator, { id, digest, reason });
}

/** The numbers of the records that still say what they said; none may be half there. */
async function readKept(store: Store = test.store): Promise<number[]> {
  const kept: number[] = [];
  for (let number = 0; number < 40; number += 1) {
    const record = await findRecord(store, makeTestRecord(number).id);
    expect(record?.damaged).toBeUndefined();
    if (record?.erased === false) kept.push(number);
  }
  return kept;
}

const odd = Array.from({ length: 20 }, (_, number) => 2 * number + 1);

async function expectGone(): Promise<void> {
  expect(await readKept()).toEqual(odd);
  const { items } = await findRecords(context(), { task: 'tsk_gone', limit: 500 });
  expect(items.map(({ kind }) => kind)).toEqual(['ledger.erased']);
  expect((await findRecords(context(), { tool: `payments/${mark}`, limit: 500 })).items).toHaveLength(20);
  const rows = await test.store.sql
    .selectFrom('ledger_payloads')
    .select('seq')
    .where('seq', '<', 40)
    .execute();
  expect(rows).toHaveLength(20);
  const erasures = await test.store.sql.selectFrom('ledger_erasures').select(['state', 'work']).execute();
  expect(erasures).toEqual([{ state: 'done', work: '{}' }]);
  expect((await findRecords(context(), { kind: 'ledger.erased', limit: 10 })).items).toHaveLength(1);
}

describe('an erasure', () => {
  it('takes what it names, nothing else, and tells of it without saying what', async () => {
    await expect(erase('tsk_gone')).resolves.toMatchObject({ records: 20, number: 1, keyCopies: [] });
    await expectGone();
    const [told] = (await findRecords(context(), { kind: 'ledger.erased', limit: 1 })).items;
    expect(told?.body).toMatchObject({
      by: 'per_a',
      reason: 'asked for',
      selection: 'tsk_gone',
      records: 20,
    });
    expect(JSON.stringify(told)).not.toContain(mark);
  });

  it.each([
    ['a record', makeTestRecord(7).id, [7]],
    ['an action', makeTestRecord(8).action ?? '', [8]],
  ])('takes %s alone', async (_name, id, gone) => {
    await erase(id);
    expect(await readKept()).toEqual(
      Array.from({ length: 40 }, (_, n) => n).filter((n) => !gone.includes(n)),
    );
  });

  it('is finished by the next start wherever it was broken off, and never half', async () => {
    let reached = false;
    for (let step = 0; !reached; step += 1) {
      const broken = breakAfter(test.store, step);
      const outcome = await erase('tsk_gone', context(broken)).then(
        () => 'done',
        () => 'broken',
      );
      reached = outcome === 'done';
      await test.reopen();
      await finishErasures(context());
      const kept = await readKept();
      // Before it was written down nothing has happened, afterwards all of it will.
      if (kept.length === 40) expect(step).toBeLessThan(3);
      else await expectGone();
      if (kept.length < 40) {
        await test.remove();
        test = await openTestStore();
        await test.store.append(Array.from({ length: 40 }, (_, n) => makeSaid(n)));
      }
      expect(step).toBeLessThan(60);
    }
  }, 120_000);

  it('is refused when records have come since it was looked at', async () => {
    const { digest } = await previewErasure(context(), administrator, { id: 'tsk_gone' });
    await test.store.append([makeTestRecord(99, { task: 'tsk_gone' })]);
    const late = eraseRecords(context(), administrator, { id: 'tsk_gone', digest, reason: 'x' });
    await expect(late).rejects.toMatchObject({ code: 'ledger.selection_changed' });
  });

  it('is refused to all but administrators with a fresh passkey', async () => {
    const stale: Actor = { ...administrator, isFresh: false } as Actor;
    for (const roles of [['auditor'], ['owner'], ['approver']] as const) {
      const other: Actor = { ...administrator, roles } as Actor;
      await expect(previewErasure(context(), other, { id: 'tsk_gone' })).rejects.toMatchObject({
        code: 'person.forbidden',
      });
    }
    await expect(previewErasure(context(), stale, { id: 'tsk_gone' })).rejects.toThrow();
  });

  it.each(['ledger_entries', 'rec_', 'tsk_a b', "tsk_' OR 1=1", 'agt_a', ''])(
    'refuses to select %j',
    async (id) => {
      await expect(previewErasure(context(), administrator, { id })).rejects.toThrow();
    },
  );

  it('finds nothing to erase twice', async () => {
    await erase('tsk_gone');
    await expect(previewErasure(context(), administrator, { id: 'tsk_gone' })).rejects.toMatchObject({
      code: 'ledger.record_not_found',
    });
  });

  it('does not begin while a hold keeps any of it', async () => {
    const hold = await addHold(context(), administrator, { id: makeTestRecord(4).id, reason: 'case 12' });
    const { holds } = await previewErasure(context(), administrator, { id: 'tsk_gone' });
    expect(holds).toEqual([hold.id]);
    await expect(erase('tsk_gone')).rejects.toMatchObject({ code: 'ledger.on_hold' });
    expect(await readKept()).toHaveLength(40);
    await endHold(context(), administrator, { holdId: hold.id, reason: 'closed' });
    await erase('tsk_gone');
    await expect(
      endHold(context(), administrator, { holdId: hold.id, reason: 'closed' }),
    ).rejects.toMatchObject({ code: 'ledger.hold_not_found' });
  });
});

describe('retention', () => {
  it('retires what is old of one class, leaves what is on hold, and takes that once the hold has ended', async () => {
    const before = 1_790_000_000_000 + 30;
    const hold = await addHold(context(), administrator, { id: makeTestRecord(2).id, reason: 'case 12' });
    expect(await retireClass(context(), 'content', before)).toBe(false);
    const isOld = (n: number) => n < 30 && n % 4 !== 3;
    const rest = Array.from({ length: 40 }, (_, n) => n).filter((n) => !isOld(n) || n === 2);
    expect(await readKept()).toEqual(rest);
    expect(await retireClass(context(), 'content', before)).toBe(false);
    await endHold(context(), administrator, { holdId: hold.id, reason: 'closed' });
    await retireClass(context(), 'content', before);
    expect(await readKept()).toEqual(rest.filter((n) => n !== 2));
    const told = (await findRecords(context(), { kind: 'ledger.retired', limit: 10 })).items;
    expect(told.map(({ body }) => body?.records)).toEqual([1, 22]);
  });
});

function makeSaid(number: number) {
  return makeTestRecord(number, {
    kind: number % 4 === 3 ? 'task.ended' : 'action.intent',
    task: number % 2 === 0 ? 'tsk_gone' : 'tsk_kept',
    tool: mark,
    body: { number, text: mark },
  });
}

/** A store whose process dies after so many writes: each later one never happens. */
function breakAfter(store: Store, writes: number): Store {
  let left = writes;
  const spend = () => {
    if (left === 0) throw new Error('the process was killed');
    left -= 1;
  };
  const counted = new Set<PropertyKey>(['transaction', 'destroyKeys', 'scrub', 'index', 'append']);
  const countedStatements = new Set<PropertyKey>(['updateTable', 'deleteFrom', 'insertInto']);
  const watch = (target: object, names: ReadonlySet<PropertyKey>): object =>
    new Proxy(target, {
      get(from, name) {
        const value: unknown = Reflect.get(from, name, from);
        if (name === 'sql') return watch(value as object, countedStatements);
        if (typeof value !== 'function') return value;
        return (...given: readonly unknown[]) => {
          if (names.has(name)) spend();
          return value.apply(from, given);
        };
      },
    });
  return watch(store, counted) as Store;
}
