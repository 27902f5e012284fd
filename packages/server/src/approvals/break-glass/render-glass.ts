import type { PageAssets } from '../../http/create-page-assets.ts';
import { type Html, html } from '../../http/html.ts';
import { renderPage } from '../../http/render-page.ts';
import { renderText, renderWords } from '../page/render-text.ts';
import type { ViewedGlass } from './view-glass.ts';

/** Reading order is deciding order: what it is, what happens, why, what follows, then what is signed. */
export function renderGlass(viewed: ViewedGlass, assets: PageAssets): string {
  const { row, approval } = viewed;
  const { presented } = approval;
  const sentence = presented.sentence.map(({ text, strong }) =>
    strong ? html`<b>${renderWords(text)}</b>` : html`${renderWords(text)}`,
  );
  const isBroken = row.broken_at !== null;
  return renderPage({
    title: isBroken ? 'Review of broken glass' : 'Break the glass',
    assets,
    scripts: ['passkey.js', isBroken ? 'choosing-page.js' : 'signing-page.js'],
    body: html`<main class="approval" data-path="/v1/approvals/glass/${row.id}"${isBroken ? html` data-step="review" data-challenge="review/challenge"` : html` data-step="sign"`}>
${isBroken ? describeBroken(viewed) : warn(viewed)}
<section aria-labelledby="what"><h2 id="what">${isBroken ? 'What was let through, once' : 'What happens, once, within ten minutes'}</h2>
<p>${sentence}</p><p class="consequence">${renderWords(presented.consequence)}</p>
<p><a href="/approvals/${approval.id}">Everything about this request</a></p></section>
<section aria-labelledby="reason"><h2 id="reason">Why, as it was written</h2>
<blockquote>${renderText(row.reason)}</blockquote></section>
<details class="more"><summary>Proof</summary><dl>
<dt>${isBroken ? 'What was signed to let it through has' : 'Your passkey signs'} the SHA-256</dt><dd><code>${row.digest}</code></dd>
<dt>of this text</dt><dd><code class="signed">${renderText(row.signed_text)}</code></dd>
<dt>which names the SHA-256 of the action</dt><dd><code class="signed">${renderText(approval.signedAction)}</code></dd>
${isBroken && html`<dt>Your passkey signs</dt><dd>that digest together with your finding and your note</dd>`}
</dl></details>
${isBroken ? renderReview(viewed) : renderControls(viewed.obstacle?.entry.caller)}
</main>`,
  });
}

function warn({ approval: { requirement } }: ViewedGlass): Html {
  return html`<h1>Break the glass: let this through alone</h1>
<p class="alarm">This goes past ${renderWords(requirement.approvers.join(', '))}, who were asked${requirement.quorum > 1 ? html` (${requirement.quorum} of them)` : ''}. They, the administrators and security are told at once, by your name, and another person reviews it within a day.</p>`;
}

function describeBroken({ row, personName }: ViewedGlass): Html {
  return html`<h1><b>${renderWords(personName ?? '')}</b> let this through alone</h1>
<p class="for">on ${formatMinute(row.broken_at)}${row.reviewed_at === null && html` · to be reviewed by <b>${formatMinute(row.review_due_at)}</b> by somebody who had no part in it`}</p>`;
}

function renderReview({ row, mayReview, reviewerName }: ViewedGlass): Html {
  if (row.finding !== null)
    return html`<section class="controls"><h2>● ${row.finding === 'justified' ? 'Justified' : 'Not justified'}, says ${renderWords(reviewerName ?? '')}</h2><blockquote>${renderText(row.note ?? '')}</blockquote></section>`;
  if (!mayReview)
    return html`<section class="controls"><h2>● This was let through alone</h2><p>Its review waits for somebody else.</p></section>`;
  return html`<section class="controls" aria-label="Review">
<p id="message" role="status" aria-live="polite"></p>
<label for="finding">Was it justified to let this through alone?</label><select id="finding" data-choice="finding">
<option value="not_justified">Not justified</option><option value="justified">Justified</option></select>
<label for="note">What you found</label><input id="note" type="text" maxlength="500" required autocomplete="off" data-choice="note">
<div class="buttons"><span></span><button id="sign" class="primary" type="button" aria-disabled="true">Sign the review with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing happens.</p></noscript>
</section>`;
}

function renderControls(obstacle: string | undefined): Html {
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ You cannot sign this: ${obstacle}</h2></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><button id="sign" class="primary" type="button" aria-disabled="true">Break the glass with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing happens.</p></noscript>
</section>`;
}

function formatMinute(at: number | null): string {
  return at === null ? '' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
