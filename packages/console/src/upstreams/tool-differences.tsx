import type { Json } from '../ledger/record.ts';
import { Honest } from '../shown/honest.tsx';
import { JsonValue } from '../shown/json-value.tsx';
import type { ToolReview } from './upstream.ts';

/** What is in force and what is offered, side by side wherever they differ. */
export function ToolDifferences({ review }: { readonly review: ToolReview }) {
  if (review.differences.length === 0) return null;
  return (
    <section>
      <h3>
        What changed <span className="quiet">{review.differences.length}</span>
      </h3>
      <ul className="plain-list">
        {review.differences.map(({ path, before, after }) => (
          <li key={path}>
            <code>
              <Honest text={path} />
            </code>
            <div className="sides">
              <Side name="In force" value={before} />
              <Side name="Offered" value={after} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Side({ name, value }: { readonly name: string; readonly value: Json | undefined }) {
  return (
    <div>
      <h4>{name}</h4>
      {value === undefined ? <i className="quiet">nothing</i> : <JsonValue value={value} />}
    </div>
  );
}
