import type { CausalGraph, CausalSource, FoundRecords } from '@countersign/core';
import type { StoredRecord } from '../ledger-record.ts';
import type { Reading } from './reading.ts';

type Found = FoundRecords<StoredRecord>;

/** The same ledger without what is out of the reader's scope: no walk passes through it, and the graph says where it ended. */
export function narrowSource(
  source: CausalSource<StoredRecord>,
  reading: Reading,
): CausalSource<StoredRecord> {
  if (reading.access === undefined) return source;
  const keep = ({ records, hasMore }: Found): Found => {
    const visible = records.filter(reading.isVisible);
    return { records: visible, hasMore: hasMore || visible.length < records.length };
  };
  const keepOne = (record: StoredRecord | undefined) =>
    record !== undefined && reading.isVisible(record) ? record : undefined;
  const { told, policy, context } = source;
  return {
    get: async (id) => keepOne(await source.get(id)),
    followers: async (record, most) => keep(await source.followers(record, most)),
    ...(told && { told: async (by, most) => keep(await told.call(source, by, most)) }),
    ...(policy && { policy: async (version, then) => keepOne(await policy.call(source, version, then)) }),
    ...(context && {
      context: async (record, direction, most) => keep(await context.call(source, record, direction, most)),
    }),
  };
}

/** The details of links name places in arguments, which are content themselves. */
export function showGraph(graph: CausalGraph<StoredRecord>, reading: Reading): CausalGraph<StoredRecord> {
  const { access, seesContent, show } = reading;
  if (access === undefined) return graph;
  return {
    ...graph,
    record: show(graph.record),
    nodes: graph.nodes.map((node) => ({ ...node, record: show(node.record) })),
    edges: seesContent ? graph.edges : graph.edges.map(({ detail: _detail, ...edge }) => edge),
    gaps: graph.gaps.map((gap) =>
      gap.code === 'missing'
        ? { ...gap, code: 'out_of_scope', text: `${gap.text}, or outside of what you may read` }
        : gap,
    ),
  };
}
