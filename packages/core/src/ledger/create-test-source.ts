import type { CausalRecord, CausalSource, FoundRecords } from './causal-graph.ts';

export type TestRecord = CausalRecord & { readonly seq: number };

/** A source over records in memory, as a bundle is one. */
export function createTestSource(
  records: readonly CausalRecord[],
): CausalSource<CausalRecord> & { reads: number } {
  const byId = new Map(records.map((record) => [record.id, record]));
  const find = (isWanted: (record: CausalRecord) => boolean, most: number): FoundRecords => {
    const found = records.filter(isWanted);
    return { records: found.slice(0, most), hasMore: found.length > most };
  };
  const source = {
    reads: 0,
    async get(id: string) {
      source.reads += 1;
      return byId.get(id);
    },
    async followers({ id }: CausalRecord, most: number) {
      source.reads += 1;
      return find(({ causes }) => causes.includes(id), most);
    },
    async told({ trace, toolCall }: { trace?: string; toolCall?: string }, most: number) {
      const bears = (record: CausalRecord) =>
        (trace !== undefined && record.trace === trace) ||
        (toolCall !== undefined && record.toolCall === toolCall);
      return find(bears, most);
    },
    async policy(version: string) {
      return records.find((one) => one.kind === 'policy.activated' && one.policyVersion === version);
    },
    async context({ task, seq = 0 }: CausalRecord, direction: 'back' | 'on', most: number) {
      const isBeside = (one: CausalRecord) =>
        one.task === task &&
        (direction === 'back'
          ? one.kind === 'action.outcome' && (one.seq ?? 0) < seq
          : one.kind === 'action.intent' && (one.seq ?? 0) > seq);
      return find(isBeside, most);
    },
  };
  return source;
}

export function makeCausal(id: string, more: Partial<CausalRecord> = {}): CausalRecord {
  return { id, kind: 'action.intent', at: 1000, causes: [], erased: false, ...more };
}
