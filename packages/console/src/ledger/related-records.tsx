import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { DecisionMark } from '../shown/decision-mark.tsx';
import { Honest } from '../shown/honest.tsx';
import { Moment } from '../shown/moment.tsx';
import { describeRecord } from './describe-record.ts';
import { type LedgerRecord, recordQuery, recordsQuery } from './record.ts';

const mostShown = 20;

/** What the record follows from, what followed from it, and the other records of its action. */
export function RelatedRecords({ record }: { readonly record: LedgerRecord }) {
  const causes = useQueries({ queries: record.causes.slice(0, mostShown).map((id) => recordQuery(id)) });
  const found = useQuery(recordsQuery({ id: record.id, limit: mostShown + 1 }));
  const others = useQuery({
    ...recordsQuery({ action: record.action ?? '', limit: mostShown }),
    enabled: record.action !== undefined,
  });
  const followers = (found.data?.items ?? []).filter(({ causes }) => causes.includes(record.id)).toReversed();
  const ofAction = (others.data?.items ?? []).toReversed();
  return (
    <>
      <RecordList
        title="Follows from"
        records={causes.flatMap(({ data }) => data?.record ?? [])}
        none="Nothing: it is a beginning."
        current={record.id}
      />
      <RecordList title="Followed by" records={followers} none="Nothing yet." current={record.id} />
      {ofAction.length > 1 && (
        <RecordList title="The whole action" records={ofAction} none="" current={record.id} />
      )}
    </>
  );
}

function RecordList(props: {
  readonly title: string;
  readonly records: readonly LedgerRecord[];
  readonly none: string;
  readonly current: string;
}) {
  return (
    <section>
      <h3>{props.title}</h3>
      {props.records.length === 0 && <p className="quiet">{props.none}</p>}
      <ol className="steps">
        {props.records.map((record) => {
          const { mark, verdict, words } = describeRecord(record);
          return (
            <li key={record.id} aria-current={record.id === props.current || undefined}>
              <Link to="/ledger/$recordId" params={{ recordId: record.id }} search={(now) => now}>
                <code>{record.kind}</code>
              </Link>
              <span>
                {verdict !== '' && <DecisionMark mark={mark} word={verdict} />} <Honest text={words} />
              </span>
              <Moment at={record.at} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}
