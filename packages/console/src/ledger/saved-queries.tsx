import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Honest } from '../shown/honest.tsx';
import { getJson } from '../wire/request.ts';

interface SavedQuery {
  readonly name: string;
  readonly query: string;
  readonly shared: boolean;
  readonly owner: string;
}

/** One's own searches and those that others share, one press away. */
export function SavedQueries() {
  const { data } = useQuery({
    queryKey: ['saved-queries'],
    queryFn: ({ signal }) =>
      getJson<{ readonly items: readonly SavedQuery[] }>('/v1/ledger/queries', {}, signal),
    staleTime: 60_000,
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <nav className="line" aria-label="Saved searches">
      {data.items.map(({ name, query, owner }) => (
        <Link key={`${owner} ${name}`} to="/ledger" search={{ q: query }} title={query}>
          <Honest text={name} />
        </Link>
      ))}
    </nav>
  );
}
