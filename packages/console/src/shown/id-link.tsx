import { Link } from '@tanstack/react-router';
import { CopyButton } from './copy-button.tsx';
import { shortenId } from './identifier.tsx';

/** An id that leads to what it names: an agent, an approval, a record, or else every record that names it. */
export function IdLink({ id, isShort = false }: { readonly id: string; readonly isShort?: boolean }) {
  const code = <code title={id}>{isShort ? shortenId(id) : id}</code>;
  return (
    <span className="identifier">
      {link(id, code)}
      <CopyButton text={id} what={id} />
    </span>
  );
}

function link(id: string, code: React.ReactNode) {
  if (id.startsWith('agt_')) {
    return (
      <Link to="/agents/$agentId" params={{ agentId: id }}>
        {code}
      </Link>
    );
  }
  // The server renders this page itself, so that what a person signs depends on no application.
  if (id.startsWith('apr_')) return <a href={`/approvals/${id}`}>{code}</a>;
  if (id.startsWith('rec_')) {
    return (
      <Link to="/ledger/$recordId" params={{ recordId: id }} search={(now) => now}>
        {code}
      </Link>
    );
  }
  return (
    <Link to="/ledger" search={{ q: id }}>
      {code}
    </Link>
  );
}
