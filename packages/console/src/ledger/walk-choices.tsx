import { Link } from '@tanstack/react-router';
import type { Walk } from '../search.ts';
import { Choices } from '../shown/choices.tsx';

/** The record itself, what led to it, what followed. `b` and `f` press what is marked for them. */
export function WalkChoices({ id, walk }: { readonly id: string; readonly walk: Walk | undefined }) {
  const to = '/ledger/$recordId';
  return (
    <Choices name="What to see of it">
      {id.startsWith('rec_') && (
        <Link
          {...{ to, params: { recordId: id }, activeProps: {} }}
          search={({ walk: _, ...now }) => now}
          aria-current={walk === undefined ? 'page' : undefined}
        >
          Record
        </Link>
      )}
      <Link
        {...{ to, params: { recordId: id }, activeProps: {} }}
        search={(now) => ({ ...now, walk: 'why' as const })}
        aria-current={walk === 'why' ? 'page' : undefined}
        {...(walk === 'why' ? {} : { 'data-cause': true })}
      >
        Why
      </Link>
      <Link
        {...{ to, params: { recordId: id }, activeProps: {} }}
        search={(now) => ({ ...now, walk: 'impact' as const })}
        aria-current={walk === 'impact' ? 'page' : undefined}
        {...(walk === 'impact' ? {} : { 'data-effect': true })}
      >
        What followed
      </Link>
    </Choices>
  );
}
