import { renderText, renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import type { ViewedModeChange } from '../get-mode-change.ts';
import type { ModeChangeRow } from '../mode-change.ts';

interface ModePage {
  readonly viewed: ViewedModeChange;
  /** Whether the visitor may sign it. */
  readonly maySwitch: boolean;
  readonly assets: PageAssets;
}

/** Reading order is deciding order: what changes, what that means, why, the policy itself, then what is signed. */
export function renderModeChange({ viewed, maySwitch, assets }: ModePage): string {
  const { row, policyText, obstacle } = viewed;
  return renderPage({
    title: 'Switch a policy',
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'signing-page.js'],
    body: html`<main class="approval" data-path="/v1/policies/modes/${row.id}" data-step="switch">
<h1>Switch policy <b>${renderWords(row.policy_id)}</b> from <b>${row.from_mode}</b> to <b>${row.to_mode}</b></h1>
<p class="consequence">${describeConsequence(row)}</p>
<section aria-labelledby="reason"><h2 id="reason">Why, as ${renderWords(row.proposed_by)} wrote it</h2>
<blockquote>${renderText(row.reason)}</blockquote></section>
<section aria-labelledby="policy"><h2 id="policy">The policy</h2>
${policyText === null ? html`<p class="alarm">It is not in force any more.</p>` : html`<pre><code>${renderText(policyText)}</code></pre>`}</section>
<details class="more"><summary>Proof</summary><dl>
<dt>Your passkey signs the SHA-256</dt><dd><code>${row.digest}</code></dd>
<dt>of this text</dt><dd><code class="signed">${renderText(row.signed_text)}</code></dd>
</dl></details>
${renderControls(row, maySwitch, obstacle)}
</main>`,
  });
}

function describeConsequence({ signed_text: text, to_mode: to }: ModeChangeRow): string {
  const { effect }: { readonly effect?: unknown } = JSON.parse(text);
  if (to === 'enforce') {
    return effect === 'permit'
      ? 'From the next call on, it grants what it permits.'
      : 'From the next call on, it stops, or asks about, what it forbids.';
  }
  const told =
    to === 'warn' ? 'Agents are told when it would have stopped them.' : 'Agents are told nothing of it.';
  return effect === 'permit'
    ? `It grants nothing any more: calls that only it permits are denied. ${told}`
    : `It stops nothing any more: calls that only it forbids go through. ${told}`;
}

function renderControls(row: ModeChangeRow, maySwitch: boolean, obstacle: string | undefined): Html {
  if (row.switched_at !== null)
    return html`<section class="controls"><h2>● Signed by ${renderWords(row.switched_by ?? '')}</h2></section>`;
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ This cannot be signed any more: ${obstacle}</h2></section>`;
  if (!maySwitch)
    return html`<section class="controls"><p>You can see this, but you are not among those who switch policies.</p></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><button id="sign" class="primary" type="button" aria-disabled="true">Switch with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing changes.</p></noscript>
</section>`;
}
