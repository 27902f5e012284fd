import type { Json, JsonMembers } from '../ledger/record.ts';
import { Honest } from './honest.tsx';

const shownEntries = 100;
const shownCharacters = 2_000;

/** Any JSON value, whole; what is folded says how much it is. */
export function JsonValue({ value }: { readonly value: Json }) {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') {
    return <span className="literal">{String(value)}</span>;
  }
  if (typeof value === 'string') return <JsonText text={value} />;
  if (isList(value)) return <JsonList items={value} />;
  return <JsonObject value={value} />;
}

function JsonText({ text }: { readonly text: string }) {
  if (text === '') return <i className="quiet">empty text</i>;
  if (text.length <= shownCharacters) {
    return (
      <span className="quoted">
        <Honest text={text} />
      </span>
    );
  }
  return (
    <details>
      <summary>
        <Honest text={text.slice(0, 200)} /> … {text.length - 200} more characters
      </summary>
      <span className="quoted">
        <Honest text={text} />
      </span>
    </details>
  );
}

function JsonList({ items }: { readonly items: readonly Json[] }) {
  if (items.length === 0) return <i className="quiet">empty list</i>;
  const rows = (part: readonly Json[], from: number) => (
    <ol start={from}>
      {part.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the items of a record never move
        <li key={index}>
          <JsonValue value={item} />
        </li>
      ))}
    </ol>
  );
  if (items.length <= shownEntries) return rows(items, 0);
  return (
    <>
      {rows(items.slice(0, shownEntries), 0)}
      <details>
        <summary>{items.length - shownEntries} more entries</summary>
        {rows(items.slice(shownEntries), shownEntries)}
      </details>
    </>
  );
}

export function JsonObject({ value }: { readonly value: JsonMembers }) {
  const members = Object.entries(value);
  if (members.length === 0) return <i className="quiet">empty object</i>;
  return (
    <dl className="json">
      {members.map(([key, member]) => (
        <div key={key}>
          <dt>
            <Honest text={key} />
          </dt>
          <dd>
            <JsonValue value={member} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
