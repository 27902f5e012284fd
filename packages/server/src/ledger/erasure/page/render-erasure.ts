import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import type { ViewedErasure } from '../view-erasure.ts';

interface SignedParts {
  readonly records: number;
  readonly classes: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
}

/** Reading order is deciding order: what goes, that it goes for good, why, of which kinds, then what is signed. */
export function renderErasure(viewed: ViewedErasure, assets: PageAssets): string {
  const { row } = viewed;
  const { records, classes, kinds }: SignedParts = JSON.parse(row.signed_text);
  return renderPage({
    title: 'Erase evidence',
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'signing-page.js'],
    body: html`<main class="approval" data-path="/v1/ledger/erasures/${row.id}" data-step="sign">
<h1>Erase ${records === 1 ? 'one record' : `${records} records`} of <b>${row.selection}</b></h1>
<p class="consequence">What they say is gone for good, for everybody. Two people sign it; with the second signature it is done. Every proof stays valid.</p>
<section aria-labelledby="reason"><h2 id="reason">Why, as ${row.asked_by} wrote it</h2>
<blockquote>${row.reason}</blockquote></section>
<section aria-labelledby="what"><h2 id="what">What</h2><dl>
<dt>By class</dt><dd>${listCounts(classes)}</dd>
<dt>By kind</dt><dd>${listCounts(kinds)}</dd>
<dt>Until</dt><dd>${new Date(row.expires_at).toISOString()}</dd></dl></section>
<details class="more"><summary>Proof</summary><dl>
<dt>Your passkey signs the SHA-256</dt><dd><code>${row.digest}</code></dd>
<dt>of this text</dt><dd><code class="signed">${row.signed_text}</code></dd>
</dl></details>
${renderControls(viewed)}
</main>`,
  });
}

function listCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function renderControls({ row, state, obstacle, maySign }: ViewedErasure): Html {
  if (state === 'erased')
    return html`<section class="controls"><h2>● Signed by two, and erased</h2></section>`;
  if (state === 'cancelled' || state === 'expired')
    return html`<section class="controls"><h2>■ This cannot be signed any more: it is ${state}</h2></section>`;
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ This cannot be signed now: ${obstacle}</h2></section>`;
  if (!maySign) {
    const first = row.asked_by;
    return state === 'asked'
      ? html`<section class="controls"><p>${first} signs it first, then somebody else.</p></section>`
      : html`<section class="controls"><p>${first} has signed it. Another administrator or auditor signs it now.</p></section>`;
  }
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><button id="sign" class="primary" type="button" aria-disabled="true">${state === 'asked' ? 'Sign with passkey' : 'Sign with passkey and erase'}</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing is erased.</p></noscript>
</section>`;
}
