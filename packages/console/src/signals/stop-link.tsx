import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Glyph } from '../shown/decision-mark.tsx';

/** Opens the stop dialog; `about` is what `writeStopTarget` gives, or `choose`. */
export function StopLink({ about, children }: { readonly about: string; readonly children: ReactNode }) {
  return (
    <Link to="." search={(now) => ({ ...now, stop: about })} className="stop-button">
      <Glyph mark="deny" />
      {children}
    </Link>
  );
}
