import { Link } from '@tanstack/react-router';
import type { JsonMembers } from '../ledger/record.ts';
import { DecisionMark } from '../shown/decision-mark.tsx';
import { Honest } from '../shown/honest.tsx';
import { Moment } from '../shown/moment.tsx';
import { Named } from '../shown/named.tsx';
import type { ActionLine } from './list-actions.ts';

/** One row a call, newest first. */
export function DecisionStream({ actions }: { readonly actions: readonly ActionLine[] }) {
  if (actions.length === 0) return null;
  return (
    <table className="rows stream">
      <thead>
        <tr>
          <th>Time</th>
          <th>Decision</th>
          <th>Agent</th>
          <th>Call</th>
          <th>Why</th>
        </tr>
      </thead>
      <tbody>
        {actions.map((line) => (
          <DecisionRow key={line.action} line={line} />
        ))}
      </tbody>
    </table>
  );
}

function DecisionRow({ line }: { readonly line: ActionLine }) {
  return (
    <tr className={`edge-${line.mark}`}>
      <td className="time">
        <Link data-row to="/ledger/$recordId" params={{ recordId: line.record }} search={{ q: line.action }}>
          <Moment at={line.at} />
        </Link>
      </td>
      <td>
        {line.approval !== undefined && line.mark === 'ask' ? (
          <a href={`/approvals/${line.approval}`}>
            <DecisionMark mark={line.mark} word={line.verdict} />
          </a>
        ) : (
          <DecisionMark mark={line.mark} word={line.verdict} />
        )}
      </td>
      <td>
        {line.agent !== undefined && (
          <Link to="/agents/$agentId" params={{ agentId: line.agent }}>
            <Named id={line.agent} />
          </Link>
        )}
      </td>
      <td className="call">
        <code>
          <Honest text={line.target} />
        </code>{' '}
        {line.arguments !== undefined && <Arguments members={line.arguments} />}
      </td>
      <td className="why">
        <Honest text={line.why} />
      </td>
    </tr>
  );
}

const shownMembers = 4;
const shownCharacters = 60;

/** The beginning of the arguments; what is left out is counted, and the record has all of it. */
function Arguments({ members }: { readonly members: JsonMembers }) {
  const entries = Object.entries(members);
  const more = entries.length - shownMembers;
  return (
    <span className="arguments">
      {entries.slice(0, shownMembers).map(([key, value]) => (
        <span key={key}>
          <Honest text={key} /> <b>{<Honest text={shorten(value)} />}</b>
        </span>
      ))}
      {more > 0 && <span>… {more} more</span>}
    </span>
  );
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= shownCharacters) return text;
  return `${text.slice(0, shownCharacters).toWellFormed()}… ${text.length - shownCharacters} more`;
}
