/** What was decided; `none` is for what decides nothing. */
export type Mark = 'allow' | 'ask' | 'deny' | 'none';

const glyphs: Readonly<Record<Mark, string>> = { allow: '●', ask: '◐', deny: '■', none: '·' };

/** Colour never stands alone: a glyph and a word go with it. */
export function DecisionMark({ mark, word }: { readonly mark: Mark; readonly word: string }) {
  return (
    <span className={`mark mark-${mark}`}>
      <span aria-hidden="true">{glyphs[mark]}</span> {word}
    </span>
  );
}
