import { describe } from '@countersign/core';
import type { PageAssets } from '../../http/create-page-assets.ts';
import { type Html, html } from '../../http/html.ts';
import { renderPage } from '../../http/render-page.ts';
import type { ChangeRow } from '../change.ts';
import { type OrganisationTerms, readCeiling } from '../terms.ts';

interface ChangePage {
  readonly row: ChangeRow;
  readonly terms: OrganisationTerms;
  /** Why it cannot be signed; undefined while it can. */
  readonly obstacle: string | undefined;
  readonly maySign: boolean;
  readonly assets: PageAssets;
}

/** Reading order is deciding order: whom, at most what, who speaks for it, then what is signed. */
export function renderChange(page: ChangePage): string {
  const { row, terms, assets } = page;
  const ceiling = describe(readCeiling(terms)).filter((sentence) => !sentence.startsWith('Ends at'));
  return renderPage({
    title: 'Trust an organisation',
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'signing-page.js'],
    body: html`<main class="approval" data-path="/v1/organisations/changes/${row.id}" data-step="sign">
<h1>Let the organisation <b>${terms.name}</b> vouch for agents here</h1>
<p class="consequence">On its word, and under delegations given here, its agents get at most this, until you change it or cut it off.</p>
<section aria-labelledby="ceiling"><h2 id="ceiling">The most it may ever be granted</h2>
<ul>${ceiling.map((sentence) => html`<li>${plain(sentence)}</li>`)}</ul></section>
<section aria-labelledby="issuers"><h2 id="issuers">Who speaks for it</h2>
<dl>${terms.issuers.map(
      ({ issuer, jwksUri, keys = [] }) =>
        html`<dt><code>${plain(issuer)}</code></dt><dd>${
          jwksUri === undefined ? `by ${keys.length} pinned keys` : plain(`by the keys at ${jwksUri}`)
        }</dd>`,
    )}</dl></section>
<section aria-labelledby="agents"><h2 id="agents">Its agents here</h2>
<ul>${terms.agents.map((agent) => html`<li><code>${agent}</code></li>`)}</ul></section>
<section aria-labelledby="towards"><h2 id="towards">Our agents that we vouch for towards it</h2>
<ul>${terms.towards.map(
      ({ agentId, clientId }) => html`<li><code>${agentId}</code> as <code>${plain(clientId)}</code></li>`,
    )}</ul></section>
<details class="more"><summary>Proof</summary><dl>
<dt>Proposed by</dt><dd>${row.proposed_by}</dd>
<dt>Your passkey signs the SHA-256</dt><dd><code>${row.digest}</code></dd>
<dt>of this text</dt><dd><code class="signed">${plain(row.signed_text)}</code></dd>
</dl></details>
${renderControls(page)}
</main>`,
  });
}

function renderControls({ row, obstacle, maySign }: ChangePage): Html {
  if (row.signed_by !== null)
    return html`<section class="controls"><h2>● Signed by ${row.signed_by}</h2></section>`;
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ This cannot be signed any more: ${obstacle}</h2></section>`;
  if (!maySign)
    return html`<section class="controls"><p>You can see this, but only an administrator signs it.</p></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><button id="sign" class="primary" type="button" aria-disabled="true">Trust it this far, with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing changes.</p></noscript>
</section>`;
}

/** What somebody wrote turns no text around and hides nothing: characters of formatting are shown as their codes. */
function plain(text: string): string {
  return text.replace(/\p{Cf}/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}
