import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Command } from '../shown/command.tsx';
import { Empty } from '../shown/empty.tsx';
import { Honest } from '../shown/honest.tsx';
import { Moment } from '../shown/moment.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { toolsQuery, type Upstream, upstreamsQuery } from './upstream.ts';

/** Everything behind the gateway, and how many tools of each wait for a person. */
export function UpstreamsPage() {
  const { cursor } = useSearch({ from: '/upstreams' });
  const { data, error, isPending } = useQuery(upstreamsQuery(cursor));
  return (
    <div className="page">
      <title>Tools · Countersign</title>
      <header className="page-header">
        <h1>Tools</h1>
      </header>
      {isPending && <p className="quiet">Reading…</p>}
      {error && <Refusal error={error} />}
      {data?.items.length === 0 && (
        <Empty command="countersign upstreams add payments --url https://…">
          Nothing is behind the gateway yet, so no agent can reach anything through it.
        </Empty>
      )}
      {data !== undefined && data.items.length > 0 && (
        <table className="rows">
          <thead>
            <tr>
              <th>Upstream</th>
              <th>Kind</th>
              <th>Environment</th>
              <th>Tools</th>
              <th>Since</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((upstream) => (
              <UpstreamRow key={upstream.name} upstream={upstream} />
            ))}
          </tbody>
        </table>
      )}
      {typeof data?.next === 'string' && (
        <Link to="/upstreams" search={{ cursor: data.next }} className="more">
          More
        </Link>
      )}
      <Command text="countersign upstreams list" />
    </div>
  );
}

function UpstreamRow({ upstream }: { readonly upstream: Upstream }) {
  const { data, error } = useQuery(toolsQuery(upstream.name));
  const held = data?.tools.filter(({ state }) => state === 'quarantined').length ?? 0;
  return (
    <tr>
      <td>
        <Link data-row to="/upstreams/$upstream" params={{ upstream: upstream.name }}>
          {upstream.name}
        </Link>
      </td>
      <td>{upstream.kind}</td>
      <td>
        <Honest text={upstream.environment} />
      </td>
      <td>
        {error && <span className="quiet">cannot be read</span>}
        {data !== undefined && `${data.tools.length}${data.isWhole ? '' : '+'}`}
        {held > 0 && <b> · {held} held</b>}
      </td>
      <td className="time">
        <Moment at={upstream.createdAt} />
      </td>
    </tr>
  );
}
