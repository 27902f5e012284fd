import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams, useSearch } from '@tanstack/react-router';
import { useMe } from '../people/use-me.ts';
import { Command } from '../shown/command.tsx';
import { Empty } from '../shown/empty.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { Moment } from '../shown/moment.tsx';
import { Named } from '../shown/named.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { type Bundle, bundlesQuery } from './bundle.ts';

/** All bundles of policies there were, with one of them beside the list. */
export function PoliciesPage() {
  const { cursor } = useSearch({ from: '/policies' });
  const { version } = useParams({ strict: false });
  const { may } = useMe();
  const { data, error, isPending } = useQuery(bundlesQuery(cursor));
  return (
    <div className={version === undefined ? 'page' : 'page with-panel'}>
      <title>Policies · Countersign</title>
      <div className="list">
        <header className="page-header">
          <h1>Policies</h1>
          {may('policies.activate') && <Link to="/policies/edit">Edit</Link>}
        </header>
        {isPending && <p className="quiet">Reading…</p>}
        {error && <Refusal error={error} />}
        {data?.items.length === 0 && (
          <Empty command="countersign policies activate policies/">
            No bundle of policies here. Without one in force every action is refused.
          </Empty>
        )}
        {data !== undefined && data.items.length > 0 && (
          <table className="rows">
            <thead>
              <tr>
                <th>Version</th>
                <th>State</th>
                <th>In force since</th>
                <th>By</th>
                <th>Author</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((bundle) => (
                <BundleRow key={bundle.version} bundle={bundle} isOpen={bundle.version === version} />
              ))}
            </tbody>
          </table>
        )}
        {typeof data?.next === 'string' && (
          <Link to="/policies" search={{ cursor: data.next }} className="more">
            Older
          </Link>
        )}
        <Command text="countersign policies list" />
      </div>
      <Outlet />
    </div>
  );
}

function BundleRow({ bundle, isOpen }: { readonly bundle: Bundle; readonly isOpen: boolean }) {
  return (
    <tr aria-current={isOpen || undefined}>
      <td>
        <Link
          data-row
          from="/policies"
          to="/policies/$version"
          params={{ version: bundle.version }}
          search={(now) => now}
        >
          <Moment at={bundle.createdAt} />
        </Link>{' '}
        <Identifier id={bundle.version} isShort />
      </td>
      <td>
        <BundleState bundle={bundle} />
      </td>
      <td className="time">{bundle.activatedAt !== null && <Moment at={bundle.activatedAt} />}</td>
      <td>{bundle.activatedBy !== null && <Named id={bundle.activatedBy} />}</td>
      <td>{bundle.author !== null && <Named id={bundle.author} />}</td>
    </tr>
  );
}

export function BundleState({ bundle }: { readonly bundle: Bundle }) {
  return (
    <>
      <span className={bundle.isActive ? 'state-mark good' : 'state-mark off'}>
        {bundle.isActive ? 'in force' : 'replaced'}
      </span>
      {bundle.quarantinedAt !== null && <span className="quiet"> · decided by the official engine</span>}
    </>
  );
}
