import { DefaultQueryExecutor } from 'kysely';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isResult } from '../../attacks/ground/read-refusal.ts';
import { createCaller } from '../ground/create-caller.ts';
import { useScene } from '../ground/use-scene.ts';

describe('defect.cost-grows-with-history', { timeout: 60_000 }, () => {
  const scene = useScene();
  afterEach(() => vi.restoreAllMocks());

  it('reads no history for a call, after hundreds of them as little as at first', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const call = async (n: number) =>
      expect(isResult(await caller.call('echo', { text: String(n) }))).toBe(true);
    await call(0);
    const early = await readHistory(20, () => repeat(20, call));
    await repeat(300, call);
    const late = await readHistory(20, () => repeat(20, call));
    // What a call needs is in memory, and its records are appended without a statement of their own.
    expect({ early, late }).toEqual({ early: [], late: [] });
    // It would be seen: a search does read it.
    const filter = { kind: 'action.decision', agent: caller.agentId, limit: '200' };
    const search = async () => expect(await gateway.records(filter)).toHaveLength(200);
    expect(await readHistory(1, search)).not.toEqual([]);
  });

  async function repeat(times: number, call: (n: number) => Promise<void>): Promise<void> {
    for (let n = 0; n < times; n += 1) await call(n);
  }

  /** The statements that read what earlier calls left, as often as there are calls; a job may come by meanwhile. */
  async function readHistory(times: number, run: () => Promise<void>): Promise<readonly string[]> {
    const spy = vi.spyOn(DefaultQueryExecutor.prototype, 'executeQuery');
    await run();
    const statements = spy.mock.calls.map(([{ sql }]) => sql);
    spy.mockRestore();
    const reads = statements.filter((sql) => /"(?:ledger_\w+|budgets|approval_votes)"/.test(sql));
    return [...Map.groupBy(reads, (sql) => sql)].flatMap(([sql, { length }]) =>
      length >= times ? [sql] : [],
    );
  }
});
