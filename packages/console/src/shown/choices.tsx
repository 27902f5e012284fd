import type { ReactNode } from 'react';

/** Links of which one is chosen, in a row. */
export function Choices({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <nav className="choices" aria-label={name}>
      {children}
    </nav>
  );
}
