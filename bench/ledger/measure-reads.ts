import { proveInclusion } from '@countersign/ledger';
import { createPlatform, explainRecord, readTreeOnce, searchLedger } from '@countersign/server/parts';
import { quantile } from '../statistics.ts';
import { agentCount, digestCall, nameAccount, nameId, nameRecord } from './make-records.ts';
import type { BenchStore } from './open-bench-store.ts';

/** So many of each, over all of the ledger. */
const questions = 200;
const operator = { kind: 'operator' } as const;

export interface ReadFigures {
  readonly why: number;
  readonly proof: number;
  /** The median; a processor that is busy elsewhere for a moment decides about the rest. */
  readonly proofMedian: number;
  /** By kind of search. */
  readonly searches: Readonly<Record<string, number>>;
}

/** What a responder asks of a ledger of so many calls, one after the other. 99th percentiles in milliseconds. */
export async function measureReads(store: BenchStore, calls: number): Promise<ReadFigures> {
  const platform = createPlatform();
  const context = { store, platform };
  await store.index();
  const { size } = await store.checkpoint();
  const draw = makeDraw();
  const search = (write: (call: number) => string) => () =>
    searchLedger(context, operator, { q: write(draw(calls)), limit: 50 });
  const time = (text: number) => new Date(1_790_000_000_000 + text * 20).toISOString();
  const kinds: Readonly<Record<string, () => Promise<unknown>>> = {
    action: search((call) => nameId('act', call)),
    agent: search((call) => nameId('agt', call % agentCount)),
    agent_and_tool: search(
      (call) => `${nameId('agt', call % agentCount)} upstream-${call % 7}/tool_${(call * 31) % 61}`,
    ),
    value: search((call) => nameAccount(call)),
    value_at: search((call) => `arg:/payee/iban=${nameAccount(call)} effect:spend`),
    digest: search((call) => `hash:${digestCall(call)}`),
    denied_by_agent: search((call) => `decision:deny ${nameId('agt', call % agentCount)}`),
    kind_without: search((call) => `action.intent -${nameId('agt', call % agentCount)}`),
    hour: search((call) => `from:${time(call)} to:${time(call + 180_000)} outcome:tool_error`),
    either: search(
      (call) => `${nameId('tsk', call % agentCount)} OR ${nameId('act', call)} OR decision:deny`,
    ),
    absent: search((call) => `nobody-${call}`),
  };
  const searches: Record<string, number> = {};
  for (const [name, ask] of Object.entries(kinds)) searches[name] = await time99(ask);
  const why = await time99(() => explainRecord(context, operator, { id: nameRecord(draw(calls), 2) }));
  const proofs = await measure(() => {
    const seq = draw(size);
    return readTreeOnce(store.sql, (hashAt) => proveInclusion(seq, size, hashAt));
  });
  return { searches, why, proof: read(proofs, 0.99), proofMedian: read(proofs, 0.5) };
}

const time99 = async (ask: () => Promise<unknown>) => read(await measure(ask), 0.99);
const read = (took: readonly number[], part: number) => Number(quantile(took, part).toFixed(2));

async function measure(ask: () => Promise<unknown>): Promise<readonly number[]> {
  for (let round = 0; round < 5; round += 1) await ask();
  const took: number[] = [];
  for (let round = 0; round < questions; round += 1) {
    const begun = performance.now();
    await ask();
    took.push(performance.now() - begun);
  }
  return took;
}

/** The same places every time, spread over the whole. */
function makeDraw(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}
