import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { Refusal } from '../shown/refusal.tsx';
import { isSignedOut } from '../wire/is-signed-out.ts';
import { Problem } from '../wire/problem.ts';

/** The whole page could not be shown. Nothing, while the browser is on its way to the sign-in page. */
export function Failed({ error }: ErrorComponentProps) {
  if (isSignedOut(error)) return null;
  return (
    <main className="alone">
      <title>Not possible · Countersign</title>
      <h1>This page cannot be shown</h1>
      {error instanceof Problem ? (
        <Refusal error={error} />
      ) : (
        <p role="alert">Either there is no connection to the server, or this page has a fault.</p>
      )}
      <p>
        <a href="/">Try again</a>
      </p>
    </main>
  );
}

export function NotFound() {
  return (
    <div className="page">
      <title>Nothing here · Countersign</title>
      <h1>Nothing is here</h1>
      <p>
        <Link to="/">Go to Now</Link>
      </p>
    </div>
  );
}
