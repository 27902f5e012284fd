import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Command } from '../shown/command.tsx';
import { Empty } from '../shown/empty.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { SearchBox } from '../shown/search-box.tsx';
import { agentStates, agentsQuery } from './agent.ts';
import { AgentRow } from './agent-row.tsx';

const rowsOnPage = 25;

/** The inventory, with one agent beside it. */
export function AgentsPage() {
  // Without what the frame keeps in the address.
  const { stop: _, ...search } = useSearch({ from: '/agents' });
  const { agentId } = useParams({ strict: false });
  const navigate = useNavigate();
  const query = useQuery(agentsQuery({ ...search, limit: rowsOnPage }));
  const find = (text: string) =>
    text.startsWith('agt_')
      ? navigate({ to: '/agents/$agentId', params: { agentId: text } })
      : navigate({ to: '/agents', search: text === '' ? {} : { name: text } });
  const { items = [], next = null } = query.data ?? {};
  return (
    <div className={agentId === undefined ? 'page' : 'page with-panel'}>
      <title>Agents · Countersign</title>
      <div className="list">
        <header className="page-header">
          <h1>Agents</h1>
          <SearchBox label="Name or id, exactly" value={search.name ?? ''} onSearch={find} />
          <StateFilter />
        </header>
        {query.error && <Refusal error={query.error} />}
        {query.isSuccess && items.length === 0 && (
          <Empty command="countersign agents register my-agent --purpose 'what it is for' --generate-key agent.key">
            {Object.keys(search).length === 0
              ? 'No agent is registered. Registration gives it an identity and no permission at all.'
              : 'No agent like this.'}
          </Empty>
        )}
        {items.length > 0 && (
          <table className="rows agents">
            <thead>
              <tr>
                <th>Agent</th>
                <th>Owner</th>
                <th>Environment</th>
                <th>State</th>
                <th>Delegations</th>
                <th>Last call</th>
              </tr>
            </thead>
            <tbody>
              {items.map((agent) => (
                <AgentRow key={agent.id} agent={agent} isOpen={agent.id === agentId} />
              ))}
            </tbody>
          </table>
        )}
        {next !== null && (
          <Link to="/agents" search={{ ...search, cursor: next }} className="more">
            Older
          </Link>
        )}
        <Command text="countersign agents list" />
      </div>
      <Outlet />
    </div>
  );
}

function StateFilter() {
  const { state = '', ...search } = useSearch({ from: '/agents' });
  const navigate = useNavigate();
  return (
    <select
      aria-label="State"
      value={state}
      onChange={({ target }) => {
        const chosen = agentStates.find((known) => known === target.value);
        void navigate({
          to: '/agents',
          search: chosen === undefined ? search : { ...search, state: chosen },
        });
      }}
    >
      <option value="">any state</option>
      {agentStates.map((known) => (
        <option key={known}>{known}</option>
      ))}
    </select>
  );
}
