import type { PageAssets } from '../../http/create-page-assets.ts';
import { type Html, html } from '../../http/html.ts';
import { renderPage } from '../../http/render-page.ts';
import { renderText, renderWords } from '../page/render-text.ts';
import type { ViewedGlass } from './view-glass.ts';

/** Reading order is deciding order: what it is, what happens, why, what follows, then what is signed. */
export function renderGlass({ row, approval, obstacle }: ViewedGlass, assets: PageAssets): string {
  const { presented, requirement } = approval;
  const sentence = presented.sentence.map(({ text, strong }) =>
    strong ? html`<b>${renderWords(text)}</b>` : html`${renderWords(text)}`,
  );
  return renderPage({
    title: 'Break the glass',
    assets,
    scripts: ['passkey.js', 'signing-page.js'],
    body: html`<main class="approval" data-path="/v1/approvals/glass/${row.id}" data-step="sign">
<h1>Break the glass: let this through alone</h1>
<p class="alarm">This goes past ${renderWords(requirement.approvers.join(', '))}, who were asked${requirement.quorum > 1 ? html` (${requirement.quorum} of them)` : ''}. They, the administrators and security are told at once, by your name, and another person reviews it within a day.</p>
<section aria-labelledby="what"><h2 id="what">What happens, once, within ten minutes</h2>
<p>${sentence}</p><p class="consequence">${renderWords(presented.consequence)}</p>
<p><a href="/approvals/${approval.id}">Everything about this request</a></p></section>
<section aria-labelledby="reason"><h2 id="reason">Why, as it was written</h2>
<blockquote>${renderText(row.reason)}</blockquote></section>
<details class="more"><summary>Proof</summary><dl>
<dt>Your passkey signs the SHA-256</dt><dd><code>${row.digest}</code></dd>
<dt>of this text</dt><dd><code class="signed">${renderText(row.signed_text)}</code></dd>
<dt>which names the SHA-256 of the action</dt><dd><code class="signed">${renderText(approval.signedAction)}</code></dd>
</dl></details>
${renderControls(row.broken_at !== null, obstacle?.entry.caller)}
</main>`,
  });
}

function renderControls(isBroken: boolean, obstacle: string | undefined): Html {
  if (isBroken) return html`<section class="controls"><h2>● This was let through alone</h2></section>`;
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ You cannot sign this: ${obstacle}</h2></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><button id="sign" class="primary" type="button" aria-disabled="true">Break the glass with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing happens.</p></noscript>
</section>`;
}
