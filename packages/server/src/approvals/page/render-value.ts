import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { type Html, html } from '../../http/html.ts';
import { renderText } from './render-text.ts';

const shownEntries = 40;

/** Any JSON value, whole: nothing is left out, texts are marked honestly, types can be told apart. */
export function renderValue(value: JsonValue): Html {
  if (typeof value === 'string') {
    return value === '' ? html`<i>empty text</i>` : html`<span class="quoted">${renderText(value)}</span>`;
  }
  if (isJsonObject(value)) return renderMembers(value);
  if (Array.isArray(value)) return renderItems(value);
  return html`<code>${JSON.stringify(value)}</code>`;
}

export function renderMembers(value: JsonObject): Html {
  const members = Object.entries(value);
  if (members.length === 0) return html`<i>empty object</i>`;
  return html`<dl>${members.map(([key, member]) => html`<dt>${renderText(key)}</dt><dd>${renderValue(member)}</dd>`)}</dl>`;
}

function renderItems(items: readonly JsonValue[]): Html {
  if (items.length === 0) return html`<i>empty list</i>`;
  const list = (part: readonly JsonValue[], from: number): Html =>
    html`<ol start="${from}">${part.map((item) => html`<li>${renderValue(item)}</li>`)}</ol>`;
  if (items.length <= shownEntries) return list(items, 0);
  const more = items.length - shownEntries;
  return html`${list(items.slice(0, shownEntries), 0)}<details class="rest"><summary>${more} more entries</summary>${list(items.slice(shownEntries), shownEntries)}</details>`;
}
