import { renderText, renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import type { DeclassificationRow } from '../declassification.ts';

interface DeclassificationPage {
  readonly row: DeclassificationRow;
  readonly purpose: string;
  /** Why it cannot be signed; undefined while it can. */
  readonly obstacle: string | undefined;
  /** Whether the visitor may sign it. */
  readonly maySign: boolean;
  readonly assets: PageAssets;
}

/** Reading order is deciding order: what is lifted, what that means, why, then what is signed. */
export function renderDeclassification(page: DeclassificationPage): string {
  const { row, purpose, assets } = page;
  const calls = row.calls === null ? 'all its calls' : `its next ${row.calls} calls`;
  return renderPage({
    title: 'Declassify a task',
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'signing-page.js'],
    body: html`<main class="approval" data-path="/v1/tasks/declassifications/${row.id}" data-step="sign">
<h1>Lift <b>${row.label}</b> from what task <b>${renderWords(row.task_id)}</b> has read</h1>
<p class="consequence">${describeConsequence(row)} It holds for ${calls} in the next ${row.minutes} minutes, also of tasks it works for and that work for it. What is read from now on is labelled all the same.</p>
<section aria-labelledby="purpose"><h2 id="purpose">What the task is for, as its agent wrote it</h2>
<blockquote>${renderText(purpose)}</blockquote></section>
<section aria-labelledby="reason"><h2 id="reason">Why, as ${renderWords(row.proposed_by)} wrote it</h2>
<blockquote>${renderText(row.reason)}</blockquote></section>
<details class="more"><summary>Proof</summary><dl>
<dt>Your passkey signs the SHA-256</dt><dd><code>${row.digest}</code></dd>
<dt>of this text</dt><dd><code class="signed">${renderText(row.signed_text)}</code></dd>
</dl></details>
${renderControls(page)}
</main>`,
  });
}

function describeConsequence({ label }: DeclassificationRow): string {
  if (label === 'untrusted')
    return 'Policies no longer take it for a task that has read what strangers wrote.';
  if (label === 'audience') return 'Policies no longer hold it to those who may see what it has read.';
  return `Policies no longer take what it has read for ${label}.`;
}

function renderControls({ row, maySign, obstacle }: DeclassificationPage): Html {
  if (row.signed_at !== null)
    return html`<section class="controls"><h2>● Signed by ${renderWords(row.signed_by ?? '')}</h2></section>`;
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ This cannot be signed any more: ${obstacle}</h2></section>`;
  if (!maySign)
    return html`<section class="controls"><p>You can see this, but you are not among those who declassify.</p></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><button id="sign" class="primary" type="button" aria-disabled="true">Declassify with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing changes.</p></noscript>
</section>`;
}
