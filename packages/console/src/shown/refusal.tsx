import { Problem } from '../wire/problem.ts';

/** Why something could not be read or done, with the code that has a page of its own. */
export function Refusal({ error }: { readonly error: Error }) {
  if (!(error instanceof Problem)) {
    return (
      <p role="alert" className="refusal">
        No connection to the server.
      </p>
    );
  }
  return (
    <p role="alert" className="refusal">
      {error.message} {error.detail !== undefined && <span>{error.detail} </span>}
      <code>{error.code}</code>
      {error.requestId !== undefined && <span className="quiet"> request {error.requestId}</span>}
    </p>
  );
}
