import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMe } from '../people/use-me.ts';
import { StopLink } from '../signals/stop-link.tsx';
import { postJson } from '../wire/request.ts';
import { useVersion } from '../wire/use-version.ts';

/** Which environment this is, who is signed in, and the way to stop. */
export function TopBar({ onHelp }: { readonly onHelp: () => void }) {
  const { me, may } = useMe();
  const version = useVersion();
  const environment = version?.environment ?? '';
  const isProduction = /^prod/i.test(environment);
  return (
    <header className={isProduction ? 'top-bar production' : 'top-bar'}>
      {environment === 'development' && <DevelopmentBanner />}
      <div className="bar">
        <Link to="/" className="brand">
          <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
            <path d="M7 15.5 13 21.5 25 7" />
            <path d="M7 26.5h18" />
          </svg>
          <span className="word">Countersign</span>
        </Link>
        <span className="environment">{environment}</span>
        <span className="grow" />
        <button type="button" className="plain wide-only" onClick={onHelp} title="Keyboard (?)">
          <kbd>?</kbd>
        </button>
        <a className="me wide-only" href="/account">
          {me.displayName}
        </a>
        <SignOut />
        {may('signals.stop') && <StopLink about="choose">Stop</StopLink>}
      </div>
    </header>
  );
}

function SignOut() {
  const signOut = useMutation({
    mutationFn: () => postJson<void>('/v1/people/sign-out', {}),
    onSuccess: () => window.location.assign('/sign-in'),
  });
  return (
    <button type="button" className="plain" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
      Sign out
    </button>
  );
}

function DevelopmentBanner() {
  return (
    <p className="development">
      <b>DEV</b> {window.location.protocol === 'http:' && 'Plain HTTP'}
      <span className="wide-only">, on this machine only. Keys lie beside the data</span>. Not for production.
    </p>
  );
}
