import { type Html, html } from '../../http/html.ts';
import type { Change } from './find-change.ts';
import { type DiffLine, diffLines } from './formats/diff-lines.ts';
import { renderText, renderWords } from './render-text.ts';

const shownLines = 40;
const signs = { same: ' ', removed: '−', added: '+' } as const;
const words = { same: '', removed: 'removed: ', added: 'added: ' } as const;

/** Every line of both texts, once; signs and words tell them apart, and not colour alone. */
export function renderChange({ beforeName, afterName, before, after }: Change): Html {
  const name = html`<dt>${renderWords(beforeName)} → ${renderWords(afterName)}</dt>`;
  const lines = diffLines(before, after);
  if (lines === undefined)
    return html`${name}<dd><small>before</small> ${renderText(before)}</dd><dd><small>after</small> ${renderText(after)}</dd>`;
  const shown = lines.slice(0, shownLines);
  const rest = lines.slice(shownLines);
  return html`${name}<dd><div class="diff">${shown.map(renderLine)}</div>${rest.length > 0 && html`<details class="rest"><summary>${rest.length} more lines</summary><div class="diff">${rest.map(renderLine)}</div></details>`}</dd>`;
}

function renderLine({ kind, text }: DiffLine): Html {
  const said = html`<span class="sign" aria-hidden="true">${signs[kind]}</span><span class="unseen">${words[kind]}</span>${renderText(text)}`;
  if (kind === 'removed') return html`<del>${said}</del>`;
  return kind === 'added' ? html`<ins>${said}</ins>` : html`<span>${said}</span>`;
}
