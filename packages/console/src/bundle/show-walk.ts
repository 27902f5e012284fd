import {
  type CausalEdge,
  type CausalGraph,
  type CausalNode,
  describeLink,
  describeRecord,
  type HeldRecords,
  WALK_BOUNDS,
  walkBack,
  walkOn,
} from '@countersign/core';
import type { OpenedRecord } from '@countersign/ledger';
import { element, honest } from './element.ts';

type Node = CausalNode<OpenedRecord>;

/** What led to a record, or what followed from it: each record once, under the nearest one it led to or came of. */
export async function showWalk(
  held: HeldRecords<OpenedRecord>,
  record: OpenedRecord,
  direction: 'back' | 'on',
): Promise<HTMLElement> {
  const graph = await (direction === 'back' ? walkBack : walkOn)(held, record, WALK_BOUNDS);
  const tree = buildTree(graph, direction);
  const visit = (id: string): readonly HTMLElement[] => {
    const branches = tree.get(id) ?? [];
    if (branches.length === 0) return [];
    return [element('ul', {}, ...branches.map(({ node, edge }) => showStep(node, edge, visit)))];
  };
  const shown = element('div', { class: 'walk' });
  shown.append(...(tree.has(record.id) ? visit(record.id) : [element('p', {}, 'Nothing in this bundle.')]));
  const beside = graph.nodes.filter(({ isContext }) => isContext === true);
  if (beside.length > 0) {
    const list = element('ul');
    for (const { record: other } of beside) list.append(element('li', {}, honest(describeRecord(other))));
    const when = direction === 'back' ? 'Read in the same task before' : 'Done in the same task after';
    shown.append(element('p', {}, `${when}, and nothing proves that it mattered:`), list);
  }
  if (graph.gaps.length > 0) shown.append(showGaps(graph));
  return shown;
}

function showStep(
  { record }: Node,
  edge: CausalEdge,
  visit: (id: string) => readonly HTMLElement[],
): HTMLElement {
  const words = describeLink(edge);
  const item = element(
    'li',
    {},
    ...(words === '' ? [] : [honest(words), ' ']),
    honest(describeRecord(record)),
  );
  item.append(' ', element('code', {}, `${record.kind} ${record.id}`), ...visit(record.id));
  return item;
}

function showGaps({ gaps }: CausalGraph<OpenedRecord>): HTMLElement {
  const list = element('ul');
  for (const { at, text } of gaps.slice(0, 200)) list.append(element('li', {}, honest(`${text} (${at})`)));
  return element('div', { class: 'gaps' }, element('p', {}, 'Not known:'), list);
}

interface Branch {
  readonly node: Node;
  readonly edge: CausalEdge;
}

function buildTree(
  { nodes, edges }: CausalGraph<OpenedRecord>,
  direction: 'back' | 'on',
): ReadonlyMap<string, readonly Branch[]> {
  const byId = new Map(nodes.map((node) => [node.record.id, node]));
  const tree = new Map<string, Branch[]>();
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
