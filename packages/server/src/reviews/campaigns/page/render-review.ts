import { renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import type { Bulk } from '../decide-many.ts';
import type { ReviewDetail } from '../review-view.ts';

interface ReviewPage {
  readonly review: ReviewDetail;
  /** What the visitor may shrink together; null when nothing is open. */
  readonly bulk: Bulk | null;
  readonly assets: PageAssets;
}

/** All items, the gravest first; those of low risk can be shrunk together, all others are opened one by one. */
export function renderReview({ review, bulk, assets }: ReviewPage): string {
  const tiers = [...new Set(review.list.map(({ tier }) => tier))];
  return renderPage({
    title: review.title,
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'choosing-page.js'],
    body: html`<main class="approval" data-path="/v1/reviews/${review.id}" data-step="shrink" data-challenge="shrink/challenge"${bulk !== null && html` data-digest="${bulk.digest}"`}>
<h1>${renderWords(review.title)}</h1>
<p class="for">${review.state === 'open' ? html`<b>${review.open}</b> of ${review.items} to decide by ${new Date(review.dueAt).toISOString().slice(0, 10)}` : html`closed, ${review.items} items`}</p>
<p class="consequence">${review.atDeadline === 'shrink' ? 'What nobody decides in time is shrunk to what was used.' : 'What nobody decides in time is left as it is, and the report says so.'}</p>
${tiers.map(
  (tier) =>
    html`<section aria-labelledby="tier-${tier}"><h2 id="tier-${tier}">Risk tier ${tier}</h2><ul class="limits">${review.list
      .filter((item) => item.tier === tier)
      .map(
        (item) =>
          html`<li><a href="/reviews/items/${item.id}">${renderWords(item.agentName)}</a>${item.delegationId === null && html`, which holds nothing`}: ${describeState(item)}</li>`,
      )}</ul></section>`,
)}
${bulk !== null && bulk.items.length > 0 && renderBulk(bulk)}
</main>`,
  });
}

function describeState({ state, decision, reviewers }: ReviewDetail['list'][number]): string {
  if (state === 'open') return reviewers.length === 0 ? 'open, and nobody may decide it' : 'open';
  return state === 'decided' ? (decision ?? state) : state;
}

function renderBulk({ items }: Bulk): Html {
  const rows = items.map(({ item, prepared, digest }) => {
    const { narrowing, proposed, agent } = prepared.facts;
    const change = proposed === null ? ['Ends: none of it was used.'] : narrowing;
    return html`<dt>${renderWords(agent.name)} <a href="/reviews/items/${item.id}">look</a></dt><dd>${change.length === 0 ? 'Stays as it is: all of it was used.' : change.map((line) => html`${renderWords(line)} `)}<br><code>${digest}</code></dd>`;
  });
  return html`<details class="more" open><summary>Of tier 0 and 1, together: ${items.length}</summary><dl>${rows}</dl></details>
<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><span></span><button id="sign" class="primary" type="button" aria-disabled="true">Shrink these ${items.length} with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing changes.</p></noscript>
</section>`;
}
