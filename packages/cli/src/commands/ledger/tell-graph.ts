import {
  type CausalEdge,
  type CausalGraph,
  type CausalNode,
  type DescribedRecord,
  describeLink,
  describeRecord,
} from '@countersign/core';
import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';

export type ToldGraph = CausalGraph<DescribedRecord>;
type Node = CausalNode<DescribedRecord>;

const longestGap = 12;

/**
 * A graph as a tree from the record that was asked about: each record once, under the nearest one that it led to (or that
 * led to it), then what was merely in context, then what is not known.
 */
export function tellGraph(graph: ToldGraph, direction: 'back' | 'on'): string {
  const { nodes, record } = graph;
  const tree = buildTree(graph, direction);
  const lines = [tellLine(record, '')];
  const visit = (id: string, indent: string): void => {
    for (const { node, edge } of tree.get(id) ?? []) {
      const arrow = direction === 'back' ? '<-' : '->';
      const words = describeLink(edge);
      lines.push(tellLine(node.record, `${indent}${arrow} ${words === '' ? '' : `${words} `}`));
      visit(node.record.id, `${indent}   `);
    }
  };
  visit(record.id, '  ');
  const beside = nodes.filter(({ isContext }) => isContext === true);
  if (beside.length > 0) {
    const when = direction === 'back' ? 'Read in the same task before' : 'Done in the same task after';
    lines.push('', `${when}, and nothing proves that it mattered:`);
    for (const node of beside) lines.push(tellLine(node.record, '  . '));
  }
  return [...lines, ...tellGaps(graph)].join('\n');
}

interface Branch {
  readonly node: Node;
  readonly edge: CausalEdge;
}

function buildTree(
  { nodes, edges }: ToldGraph,
  direction: 'back' | 'on',
): ReadonlyMap<string, readonly Branch[]> {
  const byId = new Map(nodes.map((node) => [node.record.id, node]));
  const best = new Map<string, Branch & { readonly under: string }>();
  for (const edge of edges) {
    const [id, under] = direction === 'back' ? [edge.from, edge.to] : [edge.to, edge.from];
    const [node, parent] = [byId.get(id), byId.get(under)];
    // A step further, so that no circle is walked.
    if (node === undefined || parent === undefined || node.isContext === true) continue;
    if (node.distance !== parent.distance + 1) continue;
    const known = best.get(id);
    if (known === undefined || (known.edge.link === 'cause' && edge.link !== 'cause'))
      best.set(id, { node, edge, under });
  }
  const tree = new Map<string, Branch[]>();
  for (const { under, ...branch } of best.values()) tree.set(under, [...(tree.get(under) ?? []), branch]);
  return tree;
}

function tellGaps({ gaps, truncated }: ToldGraph): readonly string[] {
  const told = new Map<string, string[]>();
  for (const { at, text } of gaps) told.set(text, [...(told.get(text) ?? []), at]);
  const lines = [...told].map(([text, ats]) => {
    const more = ats.length - longestGap;
    const named = ats.slice(0, longestGap).join(', ') + (more > 0 ? ` and ${more} more` : '');
    return `  ? ${showHonestly(text)} (${named})`;
  });
  if (truncated) lines.push('  ? there is more than was read: ask for more with --limit');
  return lines.length === 0 ? [] : ['', 'Not known:', ...lines];
}

function tellLine(record: DescribedRecord, before: string): string {
  return `${showHonestly(`${before}${describeRecord(record)}`)}  [${record.kind} ${formatTime(record.at)} ${record.id}]`;
}
