import {
  type CausalEdge,
  type CausalGraph,
  describeLink,
  describeRecord,
  type HeldRecords,
  WALK_BOUNDS,
  walkBack,
  walkOn,
} from '@countersign/core';
import type { OpenedRecord } from '@countersign/ledger';
import { buildWalkTree } from '../ledger/build-walk-tree.ts';
import { element, honest } from './element.ts';

/** What led to a record, or what followed from it: each record once, under the nearest one it led to or came of. */
export async function showWalk(
  held: HeldRecords<OpenedRecord>,
  record: OpenedRecord,
  direction: 'back' | 'on',
): Promise<HTMLElement> {
  const graph = await (direction === 'back' ? walkBack : walkOn)(held, record, WALK_BOUNDS);
  const tree = buildWalkTree(graph, direction);
  const visit = (id: string): readonly HTMLElement[] => {
    const branches = tree.get(id) ?? [];
    if (branches.length === 0) return [];
    return [element('ul', {}, ...branches.map(({ node, edge }) => showStep(node.record, edge, visit)))];
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
  record: OpenedRecord,
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
