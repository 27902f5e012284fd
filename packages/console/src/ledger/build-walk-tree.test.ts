import type { CausalGraph, CausalRecord } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { buildWalkTree } from './build-walk-tree.ts';

const make = (id: string): CausalRecord => ({ id, kind: 'action.intent', at: 1, causes: [], erased: false });

function graphOf(
  nodes: readonly (readonly [string, number, true?])[],
  edges: readonly (readonly [string, string])[],
): CausalGraph<CausalRecord> {
  return {
    record: make(nodes[0]?.[0] ?? ''),
    nodes: nodes.map(([id, distance, isContext]) => ({
      ...{ record: make(id), distance },
      ...(isContext === undefined ? {} : { isContext }),
    })),
    edges: edges.map(([from, to]) => ({ from, to, link: 'cause' as const })),
    gaps: [],
    truncated: false,
  };
}

const show = (tree: ReturnType<typeof buildWalkTree>) =>
  Object.fromEntries(
    [...tree].map(([under, branches]) => [under, branches.map(({ node }) => node.record.id)]),
  );

describe('the tree of a walk', () => {
  it('has each record once, a step further than what it stands under', () => {
    const edges = [
      ['b', 'a'],
      ['c', 'b'],
      ['c', 'a'],
      ['a', 'c'],
      ['gone', 'a'],
    ] as const;
    const graph = graphOf(
      [
        ['a', 0],
        ['b', 1],
        ['c', 2],
      ],
      edges,
    );
    expect(show(buildWalkTree(graph, 'back'))).toEqual({ a: ['b'], b: ['c'] });
  });

  it('follows what came of a record the other way, and leaves out what proves nothing', () => {
    const graph = graphOf(
      [
        ['a', 0],
        ['b', 1],
        ['x', 1, true],
      ],
      [
        ['a', 'b'],
        ['a', 'x'],
      ],
    );
    expect(show(buildWalkTree(graph, 'on'))).toEqual({ a: ['b'] });
  });
});
