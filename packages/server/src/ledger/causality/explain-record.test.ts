import type { LedgerRecord } from '@countersign/api';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Actor } from '../../people/index.ts';
import { createPlatform } from '../../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { explainRecord, traceImpact } from './explain-record.ts';

const auditor: Actor = { kind: 'operator' };
const document = makeTestRecord(0, { kind: 'action.outcome', causes: [] });
const followers = 10_000;
const now = () => 0;

describe('a walk through a ledger', () => {
  let test: TestStore;
  let context: Parameters<typeof explainRecord>[0];
  beforeAll(async () => {
    test = await openTestStore();
    context = { store: test.store, platform: createPlatform(now) } as typeof context;
    const make = (number: number): LedgerRecord =>
      makeTestRecord(number, {
        ...{ kind: 'action.intent', causes: [document.id, 'rec_nowhere'] },
        body: { operation: 'call', sources: [{ at: '/to', record: document.id, trust: 'untrusted' }] },
      });
    await test.store.append([document]);
    for (let from = 1; from < followers; from += 1000)
      await test.store.append(Array.from({ length: 1000 }, (_, index) => make(from + index)));
  }, 60_000);
  afterAll(() => test.remove());

  it('reads a bounded part of ten thousand followers, and says so', async () => {
    const graph = await traceImpact(context, auditor, { id: document.id });
    expect(graph.truncated).toBe(true);
    expect(graph.nodes.length).toBeLessThanOrEqual(256);
    expect(graph.edges.filter(({ link }) => link === 'value').length).toBeGreaterThan(60);
    expect(graph.gaps).toContainEqual(expect.objectContaining({ at: document.id, code: 'not_all_read' }));
  });

  it('has the index brought up once, however many steps it takes', async () => {
    const index = vi.spyOn(test.store, 'index');
    const graph = await traceImpact(context, auditor, { id: document.id });
    expect(graph.nodes.length).toBeGreaterThan(60);
    expect(index).toHaveBeenCalledTimes(1);
    index.mockRestore();
  });

  it('finds what led to a call behind a flood in its trace, of others and of the agent itself', async () => {
    const [trace, agent] = ['7'.repeat(32), 'agt_told'];
    const tell = (
      number: number,
      span: string,
      parentSpan: string | null,
      more: Partial<LedgerRecord> = {},
    ) =>
      makeTestRecord(number, {
        ...{ kind: 'task.span_told', causes: [], agent, trace },
        ...more,
        body: { operation: 'invoke_agent', name: 'x', span, parentSpan, start: 1e15 },
      });
    const spanOf = (number: number) => number.toString(16).padStart(16, '0');
    const [outer, inner] = [spanOf(1), spanOf(2)];
    const call = makeTestRecord(20_002, {
      ...{ kind: 'action.intent', causes: [], agent, trace },
      body: { operation: 'call', traceparent: `00-${trace}-${inner}-01` },
    });
    await test.store.append([tell(20_000, outer, null), tell(20_001, inner, outer), call]);
    for (const who of [agent, 'agt_flood'])
      await test.store.append(
        Array.from({ length: 700 }, (_, at) =>
          tell((who === agent ? 30_000 : 40_000) + at, spanOf(1000 + at), outer, { agent: who }),
        ),
      );
    const graph = await explainRecord(context, auditor, { id: call.id });
    expect(graph.nodes.map(({ record }) => record.id)).toEqual(
      expect.arrayContaining([call.id, makeTestRecord(20_001).id, makeTestRecord(20_000).id]),
    );
    expect(graph.gaps).toContainEqual(expect.objectContaining({ at: call.id, code: 'told_by_others' }));
  });

  it('says that a named cause is not there, and goes on', async () => {
    const graph = await explainRecord(context, auditor, { id: makeTestRecord(7).id });
    expect(graph.nodes.map(({ record }) => record.id)).toContain(document.id);
    expect(graph.gaps.map(({ code }) => code)).toContain('missing');
  });

  it('is for those who may read the ledger, and takes no other id', async () => {
    const agent: Actor = { kind: 'agent', agent: 'agt_a', key: 'k' };
    const input = { id: document.id };
    await expect(explainRecord(context, agent, input)).rejects.toMatchObject({ code: 'person.forbidden' });
    await expect(traceImpact(context, agent, input)).rejects.toMatchObject({ code: 'person.forbidden' });
    for (const id of ['', '../etc', `rec_${'a'.repeat(65)}`])
      await expect(explainRecord(context, auditor, { id })).rejects.toThrow();
    await expect(explainRecord(context, auditor, { id: 'tsk_none' })).rejects.toMatchObject({
      code: 'ledger.record_not_found',
    });
  });
});
