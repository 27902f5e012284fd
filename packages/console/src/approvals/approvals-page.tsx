import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Choices, exactly } from '../shown/choices.tsx';
import { Command } from '../shown/command.tsx';
import { Empty } from '../shown/empty.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { type Approval, type ApprovalFilter, approvalsQuery } from './approval.ts';
import { ApprovalRow } from './approval-row.tsx';
import { groupByRisk } from './group-by-risk.ts';
import { GroupRow } from './group-row.tsx';
import { stackGroups } from './stack-groups.ts';

const names: Readonly<Record<ApprovalFilter, string>> = {
  mine: 'Waiting for me',
  all: 'All waiting',
  history: 'History',
};

/** What waits for a person, the gravest first, and what was decided. */
export function ApprovalsPage() {
  const { filter = 'mine' } = useSearch({ from: '/approvals' });
  const query = useInfiniteQuery(approvalsQuery(filter));
  const approvals = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page">
      <title>Approvals · Countersign</title>
      <header className="page-header">
        <h1>Approvals</h1>
        <Choices name="Which requests">
          {(['mine', 'all', 'history'] as const).map((name) => (
            <Link
              activeOptions={exactly}
              key={name}
              to="/approvals"
              search={name === 'mine' ? {} : { filter: name }}
            >
              {names[name]}
            </Link>
          ))}
        </Choices>
      </header>
      {query.error && <Refusal error={query.error} />}
      {query.isSuccess && approvals.length === 0 && !query.hasNextPage && <Nothing filter={filter} />}
      {filter === 'history' ? <ApprovalList approvals={approvals} /> : <Groups approvals={approvals} />}
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetching} onClick={() => query.fetchNextPage()}>
          Older
        </button>
      )}
      <Command text={`countersign approvals list${filter === 'history' ? ' --history' : ''}`} />
    </div>
  );
}

function Groups({ approvals }: { readonly approvals: readonly Approval[] }) {
  return groupByRisk(approvals).map(({ effect, title, approvals: members }) => (
    <section key={effect} aria-label={title}>
      <h2>
        {title} <span className="quiet">{members.length}</span>
      </h2>
      <ul className="approvals">
        {stackGroups(members).map((row) =>
          row.kind === 'one' ? (
            <ApprovalRow key={row.approval.id} approval={row.approval} />
          ) : (
            <GroupRow key={row.groupId} {...row} />
          ),
        )}
      </ul>
    </section>
  ));
}

function ApprovalList({ approvals }: { readonly approvals: readonly Approval[] }) {
  if (approvals.length === 0) return null;
  return (
    <ul className="approvals">
      {approvals.map((approval) => (
        <ApprovalRow key={approval.id} approval={approval} />
      ))}
    </ul>
  );
}

function Nothing({ filter }: { readonly filter: ApprovalFilter }) {
  if (filter === 'history') {
    return <Empty>No request has been decided yet. Every one stays here for ever.</Empty>;
  }
  return (
    <Empty command="countersign policies show">
      {filter === 'mine' ? 'Nothing waits for you.' : 'Nothing waits for anybody.'} A request appears here the
      moment an agent does what a policy marks with <code>@stepUp</code>.
    </Empty>
  );
}
