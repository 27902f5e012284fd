import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { Command } from '../shown/command.tsx';
import { Empty } from '../shown/empty.tsx';
import { Honest } from '../shown/honest.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { ToolPanel } from './tool-panel.tsx';
import { type Tool, toolsQuery } from './upstream.ts';

const stateWords = { pinned: 'in force', quarantined: 'held', missing: 'missing' } as const;
const order: readonly Tool['state'][] = ['quarantined', 'missing', 'pinned'];

/** The tools of one upstream, those that wait for a person first, with one of them beside the list. */
export function ToolsPage() {
  const { upstream } = useParams({ from: '/upstreams/$upstream' });
  const { tool } = useSearch({ from: '/upstreams/$upstream' });
  const { data, error, isPending } = useQuery(toolsQuery(upstream));
  const tools = data?.tools.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state)) ?? [];
  return (
    <div className={tool === undefined ? 'page' : 'page with-panel'}>
      <title>{`${upstream} · Countersign`}</title>
      <div className="list">
        <header className="page-header">
          <h1>
            <Honest text={upstream} />
          </h1>
          <Link to="/upstreams">All upstreams</Link>
        </header>
        {isPending && <p className="quiet">Reading…</p>}
        {error && <Refusal error={error} />}
        {data?.isWhole === false && <p role="alert">There are more tools than are shown here.</p>}
        {data !== undefined && tools.length === 0 && (
          <Empty command={`countersign upstreams refresh ${upstream}`}>It offers no tool.</Empty>
        )}
        {tools.length > 0 && (
          <table className="rows">
            <thead>
              <tr>
                <th>Tool</th>
                <th>State</th>
                <th>Effects</th>
                <th>Data domain</th>
                <th>Findings</th>
              </tr>
            </thead>
            <tbody>
              {tools.map((one) => (
                <ToolRow key={one.name} tool={one} isOpen={one.name === tool} />
              ))}
            </tbody>
          </table>
        )}
        <Command text={`countersign upstreams tools ${upstream}`} />
      </div>
      {tool !== undefined && <ToolPanel key={`${upstream}/${tool}`} upstream={upstream} tool={tool} />}
    </div>
  );
}

function ToolRow({ tool, isOpen }: { readonly tool: Tool; readonly isOpen: boolean }) {
  return (
    <tr aria-current={isOpen || undefined} className={tool.state === 'quarantined' ? 'edge-ask' : undefined}>
      <td>
        <Link
          data-row
          to="/upstreams/$upstream"
          params={{ upstream: tool.upstream }}
          search={{ tool: tool.name }}
        >
          <Honest text={tool.name} />
        </Link>
      </td>
      <td>
        <span className={tool.state === 'pinned' ? 'state-mark good' : 'state-mark off'}>
          {stateWords[tool.state]}
        </span>
      </td>
      <td>
        {tool.effects.join(', ')}
        {!tool.confirmed && <span className="quiet"> not confirmed</span>}
      </td>
      <td>{tool.dataDomain}</td>
      <td>{tool.findings.length > 0 && tool.findings.length}</td>
    </tr>
  );
}
