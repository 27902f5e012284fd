import type { CausalGraph } from '@countersign/core';
import { useQuery } from '@tanstack/react-query';
import type { Walk } from '../search.ts';
import { Command } from '../shown/command.tsx';
import { Honest } from '../shown/honest.tsx';
import { Refusal } from '../shown/refusal.tsx';
import type { LedgerRecord } from './record.ts';
import { walkQuery } from './walk.ts';
import { WalkStep, WalkTree } from './walk-tree.tsx';

/** What led to a record or what followed from it, step by step, and what of that nobody can know. */
export function WalkSheet({ id, walk }: { readonly id: string; readonly walk: Walk }) {
  const { data, error, isPending } = useQuery(walkQuery(id, walk));
  return (
    <>
      <p role="status">{isPending ? 'Walking through the ledger…' : data !== undefined && count(data)}</p>
      {error && <Refusal error={error} />}
      {data !== undefined && (
        <>
          <WalkTree graph={data} walk={walk} />
          <Beside graph={data} walk={walk} />
          <Unknown graph={data} />
          <Command text={`countersign ledger ${walk} ${data.record.id}`} />
        </>
      )}
    </>
  );
}

type Graph = CausalGraph<LedgerRecord>;

function Beside({ graph, walk }: { readonly graph: Graph; readonly walk: Walk }) {
  const beside = graph.nodes.filter(({ isContext }) => isContext === true);
  if (beside.length === 0) return null;
  return (
    <section>
      <h3>{walk === 'why' ? 'In the same task before' : 'In the same task after'}</h3>
      <p className="quiet">Nothing proves that it mattered.</p>
      <ul className="walk">
        {beside.map(({ record }) => (
          <li key={record.id}>
            <WalkStep record={record} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Unknown({ graph }: { readonly graph: Graph }) {
  const { gaps, truncated } = graph;
  if (gaps.length === 0 && !truncated) return null;
  return (
    <section>
      <h3>Not known</h3>
      <ul className="walk">
        {gaps.map(({ at, code, text }) => (
          <li key={`${at} ${code} ${text}`}>
            <Honest text={text} /> <code className="quiet">{at}</code>
          </li>
        ))}
        {truncated && <li>There is more than was walked: the answer is not whole.</li>}
      </ul>
    </section>
  );
}

function count({ nodes, gaps, truncated }: Graph): string {
  const steps = nodes.filter(({ isContext, distance }) => isContext !== true && distance > 0).length;
  const said = [`${steps} ${steps === 1 ? 'record' : 'records'}`];
  if (gaps.length > 0) said.push(`${gaps.length} not known`);
  if (truncated) said.push('not whole');
  return said.join(', ');
}
