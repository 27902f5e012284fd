import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { approvalsQuery } from '../approvals/approval.ts';
import { useMe } from '../people/use-me.ts';
import { destinations } from './destinations.ts';

/** Where one can go; beside the page, or under it on a narrow screen. */
export function Rail() {
  const { may } = useMe();
  const mine = useInfiniteQuery({ ...approvalsQuery('mine'), enabled: may('approvals.read') });
  const waiting = mine.data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? 0;
  return (
    <nav className="rail" aria-label="Main">
      <ul>
        {destinations
          .filter(({ permission }) => permission === undefined || may(permission))
          .map(({ to, name, key, icon }) => (
            <li key={to}>
              <Link
                to={to}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                title={`${name} (g ${key})`}
              >
                <Icon>
                  <path d={icon} />
                </Icon>
                <span>{name}</span>
                {to === '/approvals' && waiting > 0 && (
                  <span className="badge">
                    {waiting}
                    <span className="hidden"> wait for you</span>
                  </span>
                )}
              </Link>
            </li>
          ))}
      </ul>
    </nav>
  );
}

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      {children}
    </svg>
  );
}
