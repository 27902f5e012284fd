import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { findRecord } from '../find-record.ts';
import { addHold, endHold } from '../holds/holds.ts';
import { confirmClock, getClock } from '../retention/confirm-clock.ts';
import { limitDay } from '../retention/limit-day.ts';
import { retireClass } from '../retention/retire-class.ts';
import { retireDue } from '../retention/retire-due.ts';
import { retireWaiting } from '../retention/waiting-copies.ts';
import { watchClock } from '../retention/watch-clock.ts';
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

async function erase(
  id: string,
  on = context(),
  reason = 'asked for',
  actor: Actor = administrator,
): Promise<unknown> {
  const { digest } = await previewErasure(on, actor, { id });
  return eraseSigned(on, { id, digest, reason, by: actor.kind === 'person' ? actor.person : '' });
}

interface Asked {
  readonly id: string;
  readonly digest: string;
  readonly reason: string;
  readonly by: string;
}

/** As when two people have signed it; that they do is tested with their passkeys. */
function eraseSigned(on: ReturnType<typeof context>, { by, ...asked }: Asked): Promise<unknown> {
  const evidence = {
    ...{ credentialId: '', publicKey: '', authenticatorData: '', clientDataJson: '', signature: '' },
    ...{ rpId: '', origin: '' },
  };
  const signatures = [
    { by, evidence },
    { by: 'per_second', evidence },
  ];
  return eraseRecords(on, { ...asked, signed: '{}', signatures, causes: [], claim: async () => {} });
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
    const late = eraseSigned(context(), { id: 'tsk_gone', digest, reason: 'x', by: 'per_a' });
    await expect(late).rejects.toMatchObject({ code: 'ledger.selection_changed' });
  });

  it('is refused to the operator, whom no passkey vouches for, as is the end of a hold', async () => {
    const operator: Actor = { kind: 'operator' };
    const forbidden = { code: 'person.forbidden' };
    await expect(erase('tsk_gone', context(), 'x', operator)).rejects.toMatchObject(forbidden);
    const hold = await addHold(context(), operator, { id: 'tsk_gone', reason: 'case 12' });
    await expect(endHold(context(), operator, { holdId: hold.id, reason: 'x' })).rejects.toMatchObject(
      forbidden,
    );
  });

  it('leaves what the ledger tells of itself, and what a sink has not been told of', async () => {
    const record = makeTestRecord(98, { kind: 'ledger.witness_refused', task: 'tsk_gone' });
    await test.store.append([record]);
    await expect(erase(record.id)).rejects.toMatchObject({ code: 'ledger.record_not_found' });
    const sinks = { fed: new Map([['archive', {}]]) } as unknown as Context['sinks'];
    const late = erase('tsk_gone', { ...context(), sinks } as ReturnType<typeof context>);
    await expect(late).rejects.toMatchObject({ code: 'ledger.undelivered' });
    await erase('tsk_gone');
    expect(await findRecord(test.store, record.id)).toMatchObject({ erased: false });
  });

  it('is refused while a session may go on in its task', async () => {
    const { sql } = test.store;
    const session = { enforcement_point_id: 'enf_a', session_id: 's', task_id: 'tsk_gone' };
    await openEndedTask();
    await sql
      .insertInto('hook_sessions')
      .values({ ...session, changed_at: platform.now() })
      .execute();
    await expect(erase('tsk_gone')).rejects.toMatchObject({ code: 'ledger.still_in_use' });
  });

  it('cannot be held up once it has begun', async () => {
    const work = {
      seqs: [],
      ranges: [],
      records: [],
      actions: [],
      approvals: [],
      tasks: ['tsk_gone'],
      person: null,
    };
    const row = { number: 1, kind: 'erasure', state: 'begun', record: 'rec_x', at: 0 } as const;
    await test.store.sql
      .insertInto('ledger_erasures')
      .values({ ...row, work: JSON.stringify(work) })
      .execute();
    const late = addHold(context(), administrator, { id: 'tsk_gone', reason: 'case 12' });
    await expect(late).rejects.toMatchObject({ code: 'ledger.erasure_begun' });
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
    await expect(erase('tsk_gone')).rejects.toMatchObject({ code: 'ledger.own_hold_ended' });
    await erase('tsk_gone', context(), 'asked for', { ...administrator, person: 'per_b' });
    await expect(
      endHold(context(), administrator, { holdId: hold.id, reason: 'closed' }),
    ).rejects.toMatchObject({ code: 'ledger.hold_not_found' });
  });
});

async function openEndedTask(): Promise<void> {
  const limits = JSON.stringify({});
  const { sql } = test.store;
  const owner = {
    id: 'per_o',
    display_name: 'o',
    email: null,
    roles: '[]',
    state: 'active',
    created_at: 0,
  } as const;
  await sql.insertInto('people').values(owner).execute();
  const agent = { id: 'agt_a', name: 'a', owner_id: 'per_o', purpose: 'x', environment: 'test' };
  await sql
    .insertInto('agents')
    .values({ ...agent, state: 'active', created_at: 0, changed_at: 0 })
    .execute();
  const delegation = {
    id: 'dlg_a',
    parent_id: null,
    from_person_id: 'per_o',
    from_agent_id: null,
    task_id: null,
  };
  const given = {
    agent_id: 'agt_a',
    root_person_id: 'per_o',
    purpose: 'x',
    limits,
    is_default: 1,
    created_at: 0,
  };
  await sql
    .insertInto('delegations')
    .values({ ...delegation, ...given, expires_at: 1, revoked_at: null })
    .execute();
  const named = { id: 'tsk_gone', delegation_id: 'dlg_a', agent_id: 'agt_a', parent_task_id: null };
  const told = {
    purpose: mark,
    prompt: mark,
    limits,
    opened_at: 0,
    expires_at: 1,
    ended_at: 1,
    end_reason: 'x',
  };
  await test.store.sql
    .insertInto('tasks')
    .values({ ...named, ...told })
    .execute();
}

describe('retention', () => {
  it('takes what a task was told only when no session goes on in it, and never what the task has read', async () => {
    const { sql } = test.store;
    await openEndedTask();
    const fact = { task_id: 'tsk_gone', fact: 'label', name: 'untrusted', times: 1 } as const;
    await sql.insertInto('task_facts').values(fact).execute();
    const session = { enforcement_point_id: 'enf_a', session_id: 's', task_id: 'tsk_gone' };
    await sql
      .insertInto('hook_sessions')
      .values({ ...session, changed_at: platform.now() })
      .execute();
    const record = makeTestRecord(60, { kind: 'task.ended', task: 'tsk_gone' });
    await test.store.append([record]);
    const readPrompt = async () =>
      (await sql.selectFrom('tasks').select('prompt').where('id', '=', 'tsk_gone').executeTakeFirst())
        ?.prompt;
    await retireClass(context(), 'decision', 1_790_000_000_000 + 90);
    expect(await findRecord(test.store, record.id)).toMatchObject({ erased: true });
    expect(await readPrompt()).toBe(mark);
    expect(await retireWaiting(context())).toBe(false);
    await sql.updateTable('hook_sessions').set({ changed_at: 0 }).execute();
    expect(await retireWaiting(context())).toBe(true);
    await finishErasures(context());
    expect(await readPrompt()).toBeNull();
    expect(await sql.selectFrom('task_facts').selectAll().execute()).toHaveLength(1);
    expect(await sql.selectFrom('hook_sessions').selectAll().execute()).toHaveLength(1);
  });

  it('comes back for a record that was too young when its neighbours went', async () => {
    const start = 1_790_000_000_000;
    const young = makeTestRecord(70, { kind: 'action.intent', at: start + 200 });
    await test.store.append([young, makeTestRecord(71, { kind: 'action.intent', at: start + 80 })]);
    await test.store.append([makeTestRecord(72, { kind: 'action.intent', at: start + 300 })]);
    // The search by halving lands behind the young one here.
    await retireClass(context(), 'content', start + 100);
    expect(await findRecord(test.store, young.id)).toMatchObject({ erased: false });
    expect(await findRecord(test.store, makeTestRecord(71).id)).toMatchObject({ erased: true });
    await retireClass(context(), 'content', start + 250);
    expect(await findRecord(test.store, young.id)).toMatchObject({ erased: true });
  });

  it('does not believe a clock that has jumped, and takes a month of records a day at the most', async () => {
    let now = 1_790_000_000_000 + 400 * 86_400_000;
    const clock = { ...context(), platform: { ...platform, now: () => now } };
    const config = { ledger: { retention: { content: '1d' } } } as unknown as Context['config'];
    const hourMs = 3_600_000;
    expect(await watchClock(clock)).toBeUndefined();
    now += 7 * hourMs;
    expect(await watchClock(clock)).toBe(now - 7 * hourMs);
    now += 365 * 24 * hourMs;
    await retireDue({ ...clock, config });
    expect(await readKept()).toHaveLength(40);
    const operator: Actor = { kind: 'operator' };
    const wrong = confirmClock(clock, operator, { jumpedAt: now - 1 });
    await expect(wrong).rejects.toMatchObject({ code: 'ledger.clock_not_doubted' });
    for (let hour = 0; hour < 71; hour += 1) {
      now += hourMs;
      expect(await watchClock(clock)).toBeUndefined();
    }
    const oldest = 1_790_000_000_000;
    expect(await limitDay(clock, 'content', now)).toBe(oldest + 30 * 24 * hourMs);
    expect(await limitDay(clock, 'content', now)).toBe(oldest + 30 * 24 * hourMs);
  });

  it('believes a clock that has jumped once an administrator says that it is right', async () => {
    let now = 1_790_000_000_000;
    const clock = { ...context(), platform: { ...platform, now: () => now } };
    const hourMs = 3_600_000;
    await watchClock(clock);
    now += 48 * hourMs;
    await watchClock(clock);
    expect(await getClock(clock, administrator)).toEqual({ jumpedAt: now });
    const auditor: Actor = { ...administrator, roles: ['auditor'] } as Actor;
    const forbidden = confirmClock(clock, auditor, { jumpedAt: now });
    await expect(forbidden).rejects.toMatchObject({ code: 'person.forbidden' });
    expect(await confirmClock(clock, administrator, { jumpedAt: now })).toEqual({ jumpedAt: null });
    const told = (await findRecords(context(), { kind: 'ledger.clock_confirmed', limit: 2 })).items;
    expect(told.map(({ body }) => body)).toEqual([{ by: 'per_a', jumpedAt: now }]);
    expect(await watchClock(clock)).toBeUndefined();
    now += 7 * hourMs;
    expect(await watchClock(clock)).toBe(now - 7 * hourMs);
  });

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
