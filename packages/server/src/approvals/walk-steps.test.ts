import type { LedgerRecord } from '@countersign/api';
import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainRecord } from '../ledger/index.ts';
import { openTestHouse, type TestHouse } from '../people/open-test-house.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { walkSteps } from './walk-steps.ts';

const clock = createManualClock();
const about = { agent: 'agt_a', task: 'tsk_a' };
let test: TestStore;
let house: TestHouse;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

interface Call {
  readonly sources?: readonly { readonly at: string; readonly record: string; readonly trust: string }[];
  readonly more?: readonly LedgerRecord[];
}

const opened = makeTestRecord(1, { ...about, kind: 'task.opened', causes: [], body: { purpose: 'To pay' } });
const read = makeTestRecord(2, {
  ...{ ...about, kind: 'action.outcome', causes: [], upstream: 'mail', tool: 'read' },
  body: { status: 'completed', text: 'Pay the account of the words nobody may see' },
});

/** A call as the path records it, up to its decision. */
async function decide({ sources = [], more = [] }: Call = {}): Promise<string> {
  const call = { ...about, upstream: 'bank', tool: 'pay' };
  const intent = makeTestRecord(8, {
    ...{ ...call, kind: 'action.intent', causes: [opened.id] },
    body: { operation: 'call', arguments: { to: 'DE' }, sources: [...sources] },
  });
  const decision = makeTestRecord(9, { ...call, kind: 'action.decision', causes: [intent.id] });
  await test.store.append([opened, read, ...more, intent, decision]);
  return decision.id;
}

const walk = (decision: string) => walkSteps(house.context, [decision]);

describe('how a call came about', () => {
  it('is what a responder walks from the same decision, in words that repeat nothing that was read', async () => {
    const decision = await decide({ sources: [{ at: '/to', record: read.id, trust: 'untrusted' }] });
    const { prompt, flows, unknown } = await walk(decision);
    expect(prompt.text).toBe('No prompt was given with the task');
    expect(flows).toEqual([
      {
        kind: 'flow',
        text: 'mail/read: what came back is in /to (untrusted) of bank/pay',
        isTainted: true,
      },
    ]);
    const { edges, gaps } = await explainRecord(house.context, { kind: 'operator' }, { id: decision });
    expect(edges).toContainEqual(expect.objectContaining({ from: read.id, link: 'value' }));
    const known = gaps.map(({ text }) => text);
    expect(unknown.length).toBeGreaterThan(0);
    for (const { text } of unknown) expect(known).toContain(text);
    expect(JSON.stringify([prompt, flows, unknown])).not.toContain('nobody may see');
  });

  it('marks outside influence however long and misleading the names of the arguments are', async () => {
    const at = `/${'a'.repeat(187)} (trusted)`;
    const { flows } = await walk(await decide({ sources: [{ at, record: read.id, trust: 'untrusted' }] }));
    expect(flows.map(({ isTainted }) => isTainted)).toEqual([true]);
    expect(flows[0]?.text.length).toBeLessThanOrEqual(300);
  });

  it('leaves trusted results unmarked', async () => {
    const { flows } = await walk(
      await decide({ sources: [{ at: '/to', record: read.id, trust: 'trusted' }] }),
    );
    expect(flows.map(({ isTainted }) => isTainted)).toEqual([false]);
  });

  it('says what is not there, and that it has not read everything', async () => {
    const sources = Array.from({ length: 300 }, (_, number) => ({
      ...{ at: `/${number}`, record: `rec_gone${number}`, trust: 'untrusted' },
    }));
    const { flows, unknown } = await walk(await decide({ sources }));
    expect(flows).toEqual([]);
    expect(unknown.length).toBeLessThanOrEqual(6);
    expect(unknown.map(({ text }) => text).join()).toContain('a record it names is not here');
    expect((await walkSteps(house.context, [])).unknown).toHaveLength(1);
  });

  it('has room for a few steps, and counts and marks those that lie further back', async () => {
    const more = Array.from({ length: 20 }, (_, number) =>
      makeTestRecord(20 + number, {
        ...{ ...about, kind: 'action.outcome', causes: [], upstream: 'web', tool: `page-${number}` },
        body: { status: 'completed' },
      }),
    );
    const sources = more.map(({ id }, number) => ({ at: `/${number}`, record: id, trust: 'untrusted' }));
    const { flows } = await walk(await decide({ sources, more }));
    expect(flows).toHaveLength(7);
    expect(flows[0]).toEqual({ kind: 'flow', text: '14 earlier steps, in the ledger', isTainted: true });
  });

  it('ends in time', async () => {
    const decision = await decide({ sources: [{ at: '/to', record: read.id, trust: 'untrusted' }] });
    let time = 0;
    const now = () => {
      time += 400;
      return time;
    };
    const late = { ...house.context, platform: { ...house.context.platform, now } };
    const { unknown } = await walkSteps(late, [decision]);
    expect(unknown.map(({ text }) => text)).toContain('there is more than was walked');
  });
});
