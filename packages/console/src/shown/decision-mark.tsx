/** What was decided; `none` is for what decides nothing. */
export type Mark = 'allow' | 'ask' | 'deny' | 'none';

/** A full circle, a half one, a square: told apart without colour, and the same on every machine. */
const shapes: Readonly<Record<Exclude<Mark, 'none'>, string>> = {
  allow: 'M6 1a5 5 0 1 1 0 10A5 5 0 1 1 6 1z',
  ask: 'M6 1a5 5 0 0 0 0 10zM6 1.7a4.3 4.3 0 0 1 0 8.6V11A5 5 0 0 0 6 1z',
  deny: 'M1.5 1.5h9v9h-9z',
};

export function Glyph({ mark }: { readonly mark: Exclude<Mark, 'none'> }) {
  return (
    <svg className="glyph" viewBox="0 0 12 12" aria-hidden="true">
      <path d={shapes[mark]} />
    </svg>
  );
}

/** Colour never stands alone: a shape and a word go with it. */
export function DecisionMark({ mark, word }: { readonly mark: Mark; readonly word: string }) {
  return (
    <span className={`mark mark-${mark}`}>
      {mark !== 'none' && <Glyph mark={mark} />}
      {word}
    </span>
  );
}
