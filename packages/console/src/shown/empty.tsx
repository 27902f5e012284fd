import type { ReactNode } from 'react';
import { Command } from './command.tsx';

/** Nothing here, and the command that changes that. */
export function Empty({ children, command }: { readonly children: ReactNode; readonly command?: string }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {command !== undefined && <Command text={command} />}
    </div>
  );
}
