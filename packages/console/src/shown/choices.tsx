import type { ReactNode } from 'react';

/** For links of which one is chosen while the address is exactly its own; the first of them has an empty search. */
export const exactly = { exact: true, includeSearch: true } as const;

export function Choices({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <nav className="choices" aria-label={name}>
      {children}
    </nav>
  );
}
