import { Outlet, useSearch } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { useApprovalEvents } from '../approvals/use-approval-events.ts';
import { AuditBanner } from '../people/audit-banner.tsx';
import { StopDialog } from '../signals/stop-dialog.tsx';
import { readStopTarget } from '../signals/stop-target.ts';
import { HelpDialog } from './help-dialog.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';
import { useKeyboard } from './use-keyboard.ts';

/** What stands around every page. */
export function Frame() {
  return (
    <Suspense fallback={null}>
      <SignedIn />
    </Suspense>
  );
}

function SignedIn() {
  const { stop } = useSearch({ from: '__root__' });
  const [isHelping, setHelping] = useState(false);
  useKeyboard(() => setHelping(true));
  useApprovalEvents();
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <TopBar onHelp={() => setHelping(true)} />
      <Rail />
      <main id="main" tabIndex={-1}>
        <AuditBanner />
        <Outlet />
      </main>
      {stop !== undefined && <StopDialog key={stop} target={readStopTarget(stop)} />}
      {isHelping && <HelpDialog onClose={() => setHelping(false)} />}
    </div>
  );
}
