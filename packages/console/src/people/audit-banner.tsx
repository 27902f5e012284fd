import { useQuery } from '@tanstack/react-query';
import { meQuery } from './person.ts';

/** Above every page of an auditor from elsewhere: who reads, that it is some of the ledger, and until when. */
export function AuditBanner() {
  const { data: me } = useQuery(meQuery);
  if (me?.audit === undefined) return null;
  const { id, until } = me.audit;
  return (
    <p className="audit-banner" role="note">
      Read by <b>{me.displayName}</b> under <code>{id}</code>: only what it names, until{' '}
      <time dateTime={new Date(until).toISOString()}>{new Date(until).toISOString()}</time>. What you read is
      on record, and copies bear your name.
    </p>
  );
}
