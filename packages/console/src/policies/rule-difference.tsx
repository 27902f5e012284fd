import { type ComparedLine, compareLines } from '@countersign/core';
import { useQuery } from '@tanstack/react-query';
import { Honest } from '../shown/honest.tsx';
import { Refusal } from '../shown/refusal.tsx';
import { type BundleDifference, differenceQuery } from './bundle.ts';

/** What differs between two bundles, rule by rule; lines, not colours alone, say what came and went. */
export function RuleDifference({ from, to }: { readonly from: string; readonly to: string }) {
  const { data, error } = useQuery(differenceQuery(from, to));
  if (error) return <Refusal error={error} />;
  if (data === undefined) return <p className="quiet">Reading…</p>;
  if (data.isSame) return <p>The same rules.</p>;
  return (
    <ul className="plain-list">
      {listChanges(data).map(({ id, word, lines }) => (
        <li key={`${word} ${id}`} className="card">
          <p>
            <b>{word}</b>{' '}
            <code>
              <Honest text={id} />
            </code>
          </p>
          <ComparedLines lines={lines} name={`${word} ${id}`} />
        </li>
      ))}
    </ul>
  );
}

export function ComparedLines({
  lines,
  name,
}: {
  readonly lines: readonly ComparedLine[];
  readonly name: string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by key
    <section className="compared" aria-label={name} tabIndex={0}>
      {lines.map(({ sign, line }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a comparison never move
        <div key={index} className={classes[sign]}>
          <span>{sign}</span> <Honest text={line} />
        </div>
      ))}
    </section>
  );
}

const classes = { ' ': 'same', '-': 'gone', '+': 'came' } as const;

function listChanges({ added, removed, changed }: BundleDifference) {
  const all = (sign: '-' | '+', text: string) => text.split('\n').map((line) => ({ sign, line }));
  return [
    ...removed.map(({ id, text }) => ({ id, word: 'removed', lines: all('-', text) })),
    ...added.map(({ id, text }) => ({ id, word: 'added', lines: all('+', text) })),
    ...changed.map(({ id, before, after }) => ({
      ...{ id, word: 'changed' },
      lines: compareLines(before.split('\n'), after.split('\n')),
    })),
  ];
}
