import type { CausalEdge, CausalGraph, CausalNode, CausalRecord } from '@countersign/core';

export interface Branch<R extends CausalRecord> {
  readonly node: CausalNode<R>;
  readonly edge: CausalEdge;
}

export type WalkTree<R extends CausalRecord> = ReadonlyMap<string, readonly Branch<R>[]>;

/** Each record of a walk once, under the nearest one that it led to or came of; what was there by context alone is left out. */
export function buildWalkTree<R extends CausalRecord>(
  { nodes, edges }: CausalGraph<R>,
  direction: 'back' | 'on',
): WalkTree<R> {
  const byId = new Map(nodes.map((node) => [node.record.id, node]));
  const tree = new Map<string, Branch<R>[]>();
  const placed = new Set<string>();
  for (const edge of edges) {
    const [id, under] = direction === 'back' ? [edge.from, edge.to] : [edge.to, edge.from];
    const [node, parent] = [byId.get(id), byId.get(under)];
    // A step further, so that no circle is walked.
    if (node === undefined || parent === undefined || node.isContext === true || placed.has(id)) continue;
    if (node.distance !== parent.distance + 1) continue;
    placed.add(id);
    tree.set(under, [...(tree.get(under) ?? []), { node, edge }]);
  }
  return tree;
}
