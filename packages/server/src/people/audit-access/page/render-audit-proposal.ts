import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import type { AuditProposalRow, SignedAccess } from '../audit-proposal.ts';

interface AuditProposalPage {
  readonly row: AuditProposalRow;
  readonly access: SignedAccess;
  readonly readerName: string;
  /** Why it cannot be signed; undefined while it can. */
  readonly obstacle: string | undefined;
  readonly maySign: boolean;
  readonly assets: PageAssets;
}

/** Reading order is deciding order: who reads what, until when, why, then what is signed. */
export function renderAuditProposal(page: AuditProposalPage): string {
  const { row, access, readerName, assets } = page;
  return renderPage({
    title: 'Let an auditor read',
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'signing-page.js'],
    body: html`<main class="approval" data-path="/v1/people/audit-access/${row.id}" data-step="sign">
<h1>Let <b>${plain(readerName)}</b> read some of the ledger until <b>${formatTime(access.until)}</b></h1>
<p class="consequence">${
      access.content
        ? 'They see what these records say: arguments, prompts and results too.'
        : 'They see whom and what these records name, and nothing that anybody wrote.'
    }</p>
<section aria-labelledby="scope"><h2 id="scope">Which records: all of this must hold</h2>
<dl>${listScope(access).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></section>
<section aria-labelledby="reason"><h2 id="reason">Why, as ${row.proposed_by} wrote it</h2>
<blockquote>${plain(access.reason)}</blockquote></section>
<details class="more"><summary>Proof</summary><dl>
<dt>Person</dt><dd><code>${access.personId}</code></dd>
<dt>Your passkey signs the SHA-256</dt><dd><code>${row.digest}</code></dd>
<dt>of this text</dt><dd><code class="signed">${plain(row.signed_text)}</code></dd>
</dl></details>
${renderControls(page)}
</main>`,
  });
}

function listScope({ scope }: SignedAccess): readonly (readonly [string, string])[] {
  const { kinds, upstreams, agents, tasks, from, to } = scope;
  const parts: [string, string][] = [];
  for (const [name, values] of Object.entries({
    Kinds: kinds,
    Upstreams: upstreams,
    Agents: agents,
    Tasks: tasks,
  }))
    if (values !== undefined) parts.push([name, values.map(plain).join(', ')]);
  if (from !== undefined) parts.push(['Since', formatTime(from)]);
  if (to !== undefined) parts.push(['Before', formatTime(to)]);
  return parts;
}

function renderControls({ row, obstacle, maySign }: AuditProposalPage): Html {
  if (row.signed_by !== null)
    return html`<section class="controls"><h2>● Signed by ${row.signed_by}</h2></section>`;
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ This cannot be signed any more: ${obstacle}</h2></section>`;
  if (!maySign)
    return html`<section class="controls"><p>You can see this, but only an administrator gives it.</p></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><button id="sign" class="primary" type="button" aria-disabled="true">Let them read, with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing changes.</p></noscript>
</section>`;
}

/** What somebody wrote turns no text around and hides nothing: characters of formatting are shown as their codes. */
function plain(text: string): string {
  return text.replace(/\p{Cf}/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}

function formatTime(at: number): string {
  return new Date(at).toISOString();
}
