import { useQuery } from '@tanstack/react-query';
import { DecisionMark } from '../shown/decision-mark.tsx';
import { Field } from '../shown/field.tsx';
import { checkInclusion } from './check-inclusion.ts';
import type { ProvenRecord } from './record.ts';

/** The proof that the record is in the ledger, checked here and shown whole so that anybody can check it elsewhere. */
export function InclusionProof({ proven }: { readonly proven: ProvenRecord }) {
  const { entry, opening, proof, record } = proven;
  const check = useQuery({
    queryKey: ['inclusion', record.id, proof.size],
    queryFn: () => checkInclusion({ entry, index: record.seq, ...proof }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <section>
      <h3>Proof</h3>
      <p>
        Entry {record.seq} of {proof.size}.{' '}
        {check.data === true && <DecisionMark mark="allow" word="Its path leads to the signed root." />}
        {check.data === false && (
          <DecisionMark mark="deny" word="Its path does not lead to the signed root." />
        )}
      </p>
      <details>
        <summary>Entry, path and checkpoint</summary>
        <dl className="facts proof">
          <Field name="entry">
            <code>{entry}</code>
          </Field>
          {opening !== null && (
            <Field name="salt">
              <code>{opening.salt}</code>
            </Field>
          )}
          <Field name="path">
            <ol>
              {proof.path.map((hash) => (
                <li key={hash}>
                  <code>{hash}</code>
                </li>
              ))}
            </ol>
          </Field>
          <Field name="checkpoint">
            <pre>{proof.checkpoint}</pre>
          </Field>
        </dl>
      </details>
      <p className="quiet">
        Checked by this page, which the same server sent. To need no trust:{' '}
        <code>countersign ledger export</code>, then <code>countersign ledger verify</code> elsewhere.
      </p>
    </section>
  );
}
