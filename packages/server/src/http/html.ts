/** Markup that is safe to write into a page: literal text of ours and escaped values. */
export interface Html {
  readonly markup: string;
}

class Markup implements Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/**
 * A template whose values are escaped unless a template made them: agents' text can only ever be text. Values may
 * stand in content and in quoted attributes, nowhere else.
 */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = literals[0] ?? '';
  values.forEach((value, index) => {
    markup += writeValue(value) + (literals[index + 1] ?? '');
  });
  return new Markup(markup);
}

/** Text of ours that is markup already; never anything that somebody else has a say in. */
export function ownMarkup(markup: string): Html {
  return new Markup(markup);
}

function writeValue(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (isList(value)) return value.map(writeValue).join('');
  if (value instanceof Markup) return value.markup;
  return escapeHtml(String(value));
}

function isList(value: HtmlValue): value is readonly HtmlValue[] {
  return Array.isArray(value);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities[letter] ?? '');
}
