import type { PageAssets } from '../../http/create-page-assets.ts';
import { type Html, html } from '../../http/html.ts';
import { renderPage } from '../../http/render-page.ts';
import { renderText, renderWords } from '../page/render-text.ts';
import type { DutyRow } from './duty.ts';

interface DutyPage {
  readonly row: DutyRow;
  readonly giverName: string;
  readonly holderName: string;
  /** Why it cannot be signed; undefined while it can. */
  readonly obstacle: string | undefined;
  readonly isGiver: boolean;
  readonly assets: PageAssets;
}

/** Reading order is deciding order: what is handed over, to whom, for how long, then what is signed. */
export function renderDuty(page: DutyPage): string {
  const { row, giverName, holderName, assets } = page;
  const names: readonly string[] | null = row.names === null ? null : JSON.parse(row.names);
  const what = names === null ? 'everything that they may decide' : `what is asked of ${names.join(', ')}`;
  return renderPage({
    title: 'Hand over the duty to approve',
    assets,
    scripts: ['passkey.js', 'signing-page.js'],
    body: html`<main class="approval" data-path="/v1/approvals/duties/${row.id}" data-step="sign">
<h1><b>${renderWords(holderName)}</b> approves for <b>${renderWords(giverName)}</b></h1>
<p class="consequence">It covers ${renderWords(what)}, from ${showTime(row.from_at)} until ${showTime(row.until_at)}. ${renderWords(holderName)} hands on none of it, and approves nothing from which either of the two is excluded. One of the two counts where both approve.</p>
<details class="more"><summary>Proof</summary><dl>
<dt>Your passkey signs the SHA-256</dt><dd><code>${row.digest}</code></dd>
<dt>of this text</dt><dd><code class="signed">${renderText(row.signed_text)}</code></dd>
</dl></details>
${renderControls(page)}
</main>`,
  });
}

function showTime(at: number): Html {
  const text = new Date(at).toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

function renderControls({ row, obstacle, isGiver }: DutyPage): Html {
  if (row.given_at !== null) return html`<section class="controls"><h2>● Signed</h2></section>`;
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ This cannot be signed any more: ${obstacle}</h2></section>`;
  if (!isGiver)
    return html`<section class="controls"><p>Only the person whose duty it is can sign this.</p></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><button id="sign" class="primary" type="button" aria-disabled="true">Hand over with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing changes.</p></noscript>
</section>`;
}
