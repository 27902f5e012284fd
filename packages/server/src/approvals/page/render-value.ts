import { isJsonObject, type JsonObject, type JsonValue, maskSecret } from '@countersign/core';
import { type Html, html } from '../../http/html.ts';
import { findChange } from './find-change.ts';
import { findMarks } from './formats/find-marks.ts';
import { readJsonText } from './formats/read-json-text.ts';
import { renderChange } from './render-change.ts';
import { renderText } from './render-text.ts';

const shownEntries = 40;

/**
 * Any JSON value, whole: nothing is left out, texts are marked honestly, types can be told apart, and a secret is said to be
 * one. `name` is that of the argument that holds it.
 */
export function renderValue(value: JsonValue, name = ''): Html {
  if (typeof value === 'string') return renderString(value, name);
  if (isJsonObject(value)) return renderMembers(value);
  if (Array.isArray(value)) return renderItems(value, name);
  return html`<code>${JSON.stringify(value)}</code>`;
}

export function renderMembers(value: JsonObject): Html {
  const rows = listRows(value);
  if (rows.length === 0) return html`<i>empty object</i>`;
  const list = (part: readonly Html[]): Html => html`<dl>${part}</dl>`;
  if (rows.length <= shownEntries) return list(rows);
  const more = rows.length - shownEntries;
  return html`${list(rows.slice(0, shownEntries))}<details class="rest"><summary>${more} more entries</summary>${list(rows.slice(shownEntries))}</details>`;
}

/** What was and what is to be, where an object holds both, stand as one row of differences. */
function listRows(value: JsonObject): readonly Html[] {
  const change = findChange(value);
  const members = order(value).filter(([key]) => key !== change?.beforeName && key !== change?.afterName);
  const rows = members.map(
    ([key, member]) => html`<dt>${renderText(key)}</dt><dd>${renderValue(member, key)}</dd>`,
  );
  return change === undefined ? rows : [...rows, renderChange(change)];
}

/** Of what is sent to somebody first of all to whom, and then what it is about. */
function order(value: JsonObject): readonly (readonly [string, JsonValue])[] {
  const members = Object.entries(value);
  const isMail =
    Object.hasOwn(value, 'to') && (Object.hasOwn(value, 'subject') || Object.hasOwn(value, 'body'));
  if (!isMail) return members;
  const rank = (key: string): number => {
    const at = ['from', 'to', 'cc', 'bcc', 'reply_to', 'subject'].indexOf(key.toLowerCase());
    return at === -1 ? 6 : at;
  };
  return members.toSorted(([a], [b]) => rank(a) - rank(b));
}

function renderString(value: string, name: string): Html {
  if (value === '') return html`<i>empty text</i>`;
  const masked = maskSecret(name, value);
  if (masked !== undefined) {
    const end = masked.ending === '' ? '' : `, ends in ${masked.ending}`;
    return html`<span class="masked">••••••••</span> <small>secret, ${masked.length} characters${end}; hidden on this page, and signed as it is</small>`;
  }
  const tree = readJsonText(value);
  if (tree !== undefined) return html`<small>text that is JSON</small>${renderValue(tree)}`;
  const { format, tokens } = findMarks(name, value);
  return html`<span class="quoted">${renderText(value, tokens)}</span>${format !== '' && format !== 'address' && format !== 'mail addresses' && html` <small>read as ${format}</small>`}`;
}

function renderItems(items: readonly JsonValue[], name: string): Html {
  if (items.length === 0) return html`<i>empty list</i>`;
  const list = (part: readonly JsonValue[], from: number): Html =>
    html`<ol start="${from}">${part.map((item) => html`<li>${renderValue(item, name)}</li>`)}</ol>`;
  if (items.length <= shownEntries) return list(items, 0);
  const more = items.length - shownEntries;
  return html`${list(items.slice(0, shownEntries), 0)}<details class="rest"><summary>${more} more entries</summary>${list(items.slice(shownEntries), shownEntries)}</details>`;
}
