import { Link } from '@tanstack/react-router';
import type { Walk } from '../search.ts';
import { Choices, exactly } from '../shown/choices.tsx';

/** The record itself, what led to it, what followed. `b` and `f` press what is marked for them. */
export function WalkChoices({ id, walk }: { readonly id: string; readonly walk: Walk | undefined }) {
  const place = { to: '/ledger/$recordId', params: { recordId: id }, activeOptions: exactly } as const;
  return (
    <Choices name="What to see of it">
      {id.startsWith('rec_') && (
        <Link {...place} search={({ walk: _, ...now }) => now}>
          Record
        </Link>
      )}
      <Link
        {...place}
        search={(now) => ({ ...now, walk: 'why' as const })}
        {...(walk === 'why' ? {} : { 'data-cause': true })}
      >
        Why
      </Link>
      <Link
        {...place}
        search={(now) => ({ ...now, walk: 'impact' as const })}
        {...(walk === 'impact' ? {} : { 'data-effect': true })}
      >
        What followed
      </Link>
    </Choices>
  );
}
