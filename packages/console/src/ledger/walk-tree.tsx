import { type CausalGraph, type CausalLink, describeLink, describeRecord } from '@countersign/core';
import { Link } from '@tanstack/react-router';
import type { Walk } from '../search.ts';
import { Honest } from '../shown/honest.tsx';
import { type Branch, buildWalkTree } from './build-walk-tree.ts';
import type { LedgerRecord } from './record.ts';

type Graph = CausalGraph<LedgerRecord>;

/** What says more of a cause stands first, and is where `b` leads. */
const order: readonly CausalLink[] = ['value', 'prompt', 'model', 'cause', 'tool_call', 'trace', 'policy'];

export function WalkTree({ graph, walk }: { readonly graph: Graph; readonly walk: Walk }) {
  const tree = buildWalkTree(graph, walk === 'why' ? 'back' : 'on');
  const first = listUnder(tree, graph.record.id)[0]?.node.record.id;
  const show = (under: string) => {
    const branches = listUnder(tree, under);
    if (branches.length === 0) return null;
    return (
      <ul className="walk">
        {branches.map(({ node: { record }, edge }) => (
          <li key={record.id}>
            <span className="tag">{edge.link.replace('_', ' ')}</span> <Honest text={describeLink(edge)} />{' '}
            <WalkStep record={record} {...(record.id === first ? { walk } : {})} />
            {show(record.id)}
          </li>
        ))}
      </ul>
    );
  };
  return (
    <section aria-label={walk === 'why' ? 'What led to it' : 'What followed from it'}>
      <div className="walk-root">
        <WalkStep record={graph.record} />
      </div>
      {first === undefined ? (
        <p className="quiet">
          {walk === 'why' ? 'Nothing before it: it is a beginning.' : 'Nothing has followed from it.'}
        </p>
      ) : (
        show(graph.record.id)
      )}
    </section>
  );
}

/** A record in one sentence; with `walk` it is the next on the way. */
export function WalkStep({ record, walk }: { readonly record: LedgerRecord; readonly walk?: Walk }) {
  const marked = walk === 'why' ? { 'data-cause': true } : walk === 'impact' ? { 'data-effect': true } : {};
  return (
    <>
      <Words record={record} />{' '}
      <Link to="/ledger/$recordId" params={{ recordId: record.id }} search={(now) => now} {...marked}>
        <code>{record.kind}</code>
      </Link>
    </>
  );
}

function Words({ record }: { readonly record: LedgerRecord }) {
  if (record.damaged === true) {
    return (
      <>
        <span className="tag">damaged</span> What is stored of it is not what was recorded.
      </>
    );
  }
  if (record.erased) {
    return (
      <>
        <span className="tag">erased</span> What it said was erased; that it was written stays provable.
      </>
    );
  }
  return <Honest text={describeRecord(record)} />;
}

function listUnder(
  tree: ReadonlyMap<string, readonly Branch<LedgerRecord>[]>,
  id: string,
): readonly Branch<LedgerRecord>[] {
  const branches = tree.get(id) ?? [];
  return branches.toSorted((one, other) => order.indexOf(one.edge.link) - order.indexOf(other.edge.link));
}
