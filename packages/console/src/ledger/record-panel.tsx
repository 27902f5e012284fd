import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { Command } from '../shown/command.tsx';
import { Field } from '../shown/field.tsx';
import { Honest } from '../shown/honest.tsx';
import { IdLink } from '../shown/id-link.tsx';
import { Identifier } from '../shown/identifier.tsx';
import { JsonObject } from '../shown/json-value.tsx';
import { Panel } from '../shown/panel.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { InclusionProof } from './inclusion-proof.tsx';
import { type LedgerRecord, recordQuery } from './record.ts';
import { RelatedRecords } from './related-records.tsx';
import { WalkChoices } from './walk-choices.tsx';
import { WalkSheet } from './walk-sheet.tsx';

/** One record: what it says and the proof that it is in the ledger, or the walk back or on from it. */
export function RecordPanel() {
  const { recordId } = useParams({ from: '/ledger/$recordId' });
  const { walk } = useSearch({ from: '/ledger' });
  // An action or an approval can be walked from, too; it has no record of its own to show.
  const { data, error } = useQuery({
    ...recordQuery(recordId),
    enabled: recordId.startsWith('rec_') || walk === undefined,
  });
  return (
    <Panel
      title={<code>{data?.record.kind ?? (recordId.startsWith('rec_') ? 'Record' : recordId)}</code>}
      close={
        <Link
          data-close
          from="/ledger"
          to="/ledger"
          search={({ walk: _, ...now }) => now}
          aria-label="Close"
          className="plain"
        >
          ×
        </Link>
      }
    >
      <WalkChoices id={recordId} walk={walk} />
      {walk !== undefined && <WalkSheet id={recordId} walk={walk} />}
      {walk === undefined && error && <Refusal error={error} />}
      {walk === undefined && data !== undefined && (
        <>
          <Facts record={data.record} />
          <Body record={data.record} />
          <RelatedRecords record={data.record} />
          <InclusionProof proven={data} />
          <Command text={`countersign ledger show ${data.record.id}`} />
        </>
      )}
    </Panel>
  );
}

const linked = ['action', 'agent', 'task', 'person', 'approval'] as const;

function Facts({ record }: { readonly record: LedgerRecord }) {
  const where = [record.upstream, record.tool].filter(Boolean).join('/');
  return (
    <dl className="facts">
      <Field name="id">
        <Identifier id={record.id} />
      </Field>
      <Field name="at">
        <time dateTime={new Date(record.at).toISOString()}>{new Date(record.at).toISOString()}</time>
      </Field>
      {linked.map((name) => {
        const id = record[name];
        return (
          id !== undefined && (
            <Field key={name} name={name}>
              <IdLink id={id} />
              {(name === 'action' || name === 'approval') && (
                <Link
                  to="/ledger/$recordId"
                  params={{ recordId: id }}
                  search={(now) => ({ ...now, walk: 'why' as const })}
                  aria-label={`Why this ${name}`}
                >
                  why
                </Link>
              )}
            </Field>
          )
        );
      })}
      {(record.agents ?? []).length > 0 && (
        <Field name="through">
          {record.agents?.map((id) => (
            <IdLink key={id} id={id} />
          ))}
        </Field>
      )}
      {(record.chain ?? []).length > 0 && (
        <Field name="chain">
          {record.chain?.map((id) => (
            <IdLink key={id} id={id} />
          ))}
        </Field>
      )}
      {where !== '' && (
        <Field name="where">
          <code>
            <Honest text={where} />
          </code>
        </Field>
      )}
      {record.key !== undefined && (
        <Field name="key">
          <Identifier id={record.key} />
        </Field>
      )}
      {record.policyVersion !== undefined && (
        <Field name="policy">
          <Identifier id={record.policyVersion} />
        </Field>
      )}
    </dl>
  );
}

function Body({ record }: { readonly record: LedgerRecord }) {
  if (record.damaged === true)
    return <p role="alert">Its payload is damaged: what is stored is not what was recorded.</p>;
  if (record.erased)
    return <p className="quiet">Its payload was erased. That it was written stays provable.</p>;
  if (record.notCanonical !== undefined) {
    return (
      <pre>
        <Honest text={record.notCanonical} />
      </pre>
    );
  }
  if (record.body === undefined || Object.keys(record.body).length === 0) return null;
  return (
    <section>
      <h3>Says</h3>
      <JsonObject value={record.body} />
    </section>
  );
}
