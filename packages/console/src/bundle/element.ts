import { renderHonestly } from '@countersign/core';

type Child = Node | string;

/** An element of the page. Text is only ever text: nothing here reads markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const visible: ReadonlySet<string> = new Set(['confusable', 'mixed_script', 'punycode', 'combining']);
const longestText = 20_000;

/** Text that somebody else wrote, with everything that hides or misleads marked. */
export function honest(text: string): HTMLElement {
  const shown = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
  const pieces = renderHonestly(shown).segments.map(({ text: piece, flag, codePoints }): Child => {
    if (flag === undefined || flag === 'newline' || flag === 'tab') return piece;
    const named = `${flag.replace('_', ' ')} ${codePoints.join(' ')}`;
    return element(
      'mark',
      { title: named },
      visible.has(flag) ? `${piece} ` : '',
      element('small', {}, named),
    );
  });
  return element('bdi', {}, ...pieces);
}
