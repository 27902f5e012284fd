import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { DecisionMark } from '../shown/decision-mark.tsx';
import { Honest } from '../shown/honest.tsx';
import { Moment } from '../shown/moment.tsx';
import { Named } from '../shown/named.tsx';
import { describeRecord } from './describe-record.ts';
import type { LedgerRecord } from './record.ts';

export function RecordTable(props: {
  readonly records: readonly LedgerRecord[];
  readonly open: string | undefined;
}) {
  if (props.records.length === 0) return null;
  return (
    <table className="rows records">
      <thead>
        <tr>
          <th>Time</th>
          <th>Kind</th>
          <th>What</th>
          <th>Who</th>
          <th>Where</th>
          <th className="number">Entry</th>
        </tr>
      </thead>
      <tbody>
        {props.records.map((record) => (
          <RecordRow key={record.seq} record={record} isOpen={record.id === props.open} />
        ))}
      </tbody>
    </table>
  );
}

// A live ledger adds rows many times a second; those that stand there do not change.
const RecordRow = memo(function RecordRow(props: {
  readonly record: LedgerRecord;
  readonly isOpen: boolean;
}) {
  const { record, isOpen } = props;
  const { mark, verdict, words } = describeRecord(record);
  const who = record.agent ?? record.person;
  return (
    <tr aria-current={isOpen || undefined} className={mark === 'none' ? undefined : `edge-${mark}`}>
      <td className="time">
        <Moment at={record.at} />
      </td>
      <td>
        <Link data-row to="/ledger/$recordId" params={{ recordId: record.id }} search={(now) => now}>
          <code>{record.kind}</code>
        </Link>
      </td>
      <td>
        {verdict !== '' && <DecisionMark mark={mark} word={verdict} />} <Honest text={words} />
        {record.erased && <span className="tag">erased</span>}
        {record.damaged === true && <span className="tag">damaged</span>}
      </td>
      <td className="who">{who !== undefined && <Named id={who} />}</td>
      <td className="where">
        <Place upstream={record.upstream} tool={record.tool} />
      </td>
      <td className="number">{record.seq}</td>
    </tr>
  );
});

function Place(props: { readonly upstream: string | undefined; readonly tool: string | undefined }) {
  if (props.upstream === undefined) return null;
  return (
    <>
      {props.upstream}
      {props.tool !== undefined && (
        <>
          /<wbr />
          <Honest text={props.tool} />
        </>
      )}
    </>
  );
}
