import { renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import type { DueReview } from '../list-due.ts';

/** All that waits for a reviewer; what one person let through alone stands first. */
export function renderDue(due: readonly DueReview[], assets: PageAssets): string {
  const broken = due.filter(({ kind }) => kind === 'break-glass');
  const access = due.filter(({ kind }) => kind === 'access');
  return renderPage({
    title: 'Reviews',
    assets,
    scripts: [],
    body: html`<main class="approval"><h1>Reviews</h1>
${due.length === 0 && html`<p>Nothing waits for a review.</p>`}
${broken.length > 0 && html`<section aria-labelledby="broken"><h2 id="broken">Let through alone</h2><ul class="rows">${broken.map(renderRow)}</ul></section>`}
${access.length > 0 && html`<section aria-labelledby="access"><h2 id="access">Access</h2><ul class="rows">${access.map(renderRow)}</ul></section>`}
</main>`,
  });
}

function renderRow({ title, kind, open, dueAt, isOverdue, link }: DueReview): Html {
  const { pathname } = new URL(link);
  const until = new Date(dueAt).toISOString().slice(0, 16).replace('T', ' ');
  return html`<li><a href="${pathname}">${renderWords(title)}</a><br>${kind === 'access' && html`${open} to decide, `}${isOverdue ? html`<span class="alarm">overdue since ${until} UTC</span>` : html`due by ${until} UTC`}</li>`;
}
