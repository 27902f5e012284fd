import { describe, describeNarrowing } from '@countersign/core';
import { renderText, renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import {
  type HandoverContent,
  type HandoverRow,
  lookedBackDays,
  type OfferedAgent,
  type OfferedDelegation,
  readOutcomes,
} from '../handover.ts';

interface HandoverPage {
  readonly row: HandoverRow;
  readonly content: HandoverContent;
  readonly proposedBy: string;
  readonly newOwner: string;
  /** Why it cannot be accepted; undefined while it can. */
  readonly obstacle: string | undefined;
  /** Whether the visitor is the one who is asked. */
  readonly mayAccept: boolean;
  readonly assets: PageAssets;
}

/** Reading order is deciding order: what is asked, what follows, every agent with what it may do, then what is signed. */
export function renderHandover(page: HandoverPage): string {
  const { row, content, proposedBy, newOwner, assets } = page;
  const count = content.agents.length;
  const agents = count === 1 ? '1 agent' : `${count} agents`;
  return renderPage({
    title: 'Take over agents',
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'choosing-page.js'],
    body: html`<main class="approval" data-path="/v1/agents/handovers/${row.id}" data-step="accept">
<h1>${content.suggests === 'retire' ? 'Retire' : 'Take over'} <b>${agents}</b></h1>
<p class="for">${renderWords(proposedBy)} asks <b>${renderWords(newOwner)}</b> to answer for ${count === 1 ? 'it' : 'them'} from now on</p>
<p class="consequence">What the former owner gave ends. You give again only what you choose below: by default what was used in the last ${lookedBackDays} days, never more than there was. All work under way stops.</p>
${row.reason !== null && html`<section aria-labelledby="reason"><h2 id="reason">Why, as ${renderWords(proposedBy)} wrote it</h2><blockquote>${renderText(row.reason)}</blockquote></section>`}
${content.countedSince > content.expiresAt - 97 * 86_400_000 && html`<p class="quiet">What was used is known since ${formatDay(content.countedSince)} only.</p>`}
${content.agents.map((agent) => renderAgent(agent, page))}
<details class="more"><summary>Proof</summary><dl>
<dt>The list above has the SHA-256</dt><dd><code>${row.digest}</code></dd>
<dt>Your passkey signs</dt><dd>this digest together with what you chose for each</dd>
</dl></details>
${renderControls(page)}
</main>`,
  });
}

function renderAgent(agent: OfferedAgent, page: HandoverPage): Html {
  const { row, content, obstacle, mayAccept } = page;
  const outcome = readOutcomes(row)[agent.id];
  const isOpen = obstacle === undefined && mayAccept;
  return html`<section aria-labelledby="${agent.id}"><h2 id="${agent.id}">${renderWords(agent.name)}</h2>
<p>${renderText(agent.purpose)}</p>
<p class="quiet">${agent.state}, in ${renderWords(agent.environment)}, owned by ${renderWords(agent.ownerName)}${agent.groups.length > 0 && html`, in ${renderWords(agent.groups.join(', '))}`}</p>
${agent.delegations.length === 0 && html`<p>It holds nothing from its owner.</p>`}
${agent.delegations.map((one) => renderDelegation(one, isOpen))}
${
  isOpen &&
  html`<label for="c-${agent.id}">What becomes of ${renderWords(agent.name)}</label>
<select id="c-${agent.id}" data-group="agents" data-choice="${agent.id}">
<option value="take"${content.suggests === 'take' && html` selected`}>Take it over</option>
<option value="retire"${content.suggests === 'retire' && html` selected`}>Retire it for good</option></select>`
}
${outcome !== undefined && html`<p><b>● ${describeOutcome(outcome.outcome)}</b>${outcome.reason !== null && html`: ${outcome.reason}`}</p>`}
</section>`;
}

function describeOutcome(outcome: 'taken' | 'retired' | 'left'): string {
  return outcome === 'taken' ? 'Taken over' : outcome === 'retired' ? 'Retired' : 'Left as it is';
}

function renderDelegation(one: OfferedDelegation, isOpen: boolean): Html {
  const { used, proposed, limits } = one;
  const narrower = proposed === null ? [] : describeNarrowing(limits, proposed);
  const calls = used.calls === 1 ? '1 call' : `${used.calls} calls`;
  return html`<h3>${renderWords(one.purpose)}</h3>
<details class="more"><summary>What it was given</summary><ul class="limits">${describe(limits).map((line) => html`<li>${renderWords(line)}</li>`)}</ul></details>
<p>Used: ${used.calls === 0 ? html`<b>nothing</b>` : html`${calls} of ${used.toolCount === 1 ? '1 tool' : `${used.toolCount} tools`}, last on ${formatDay(used.lastAt ?? 0)}`}${used.denied > 0 && html`; ${used.denied} refused`}</p>
${used.tools.length > 0 && html`<details class="more"><summary>Which tools</summary><ul class="limits">${used.tools.map(({ name, calls: times }) => html`<li><code>${renderWords(name)}</code> ${times}</li>`)}</ul></details>`}
${narrower.length > 0 && html`<p>Only what was used means:</p><ul class="limits">${narrower.map((line) => html`<li>${renderWords(line)}</li>`)}</ul>`}
${
  isOpen &&
  html`<label for="d-${one.id}">Give again</label>
<select id="d-${one.id}" data-group="delegations" data-choice="${one.id}">
<option value="used">${proposed === null ? 'Nothing: none of it was used' : 'Only what was used'}</option>
<option value="all">All it had</option>
${proposed !== null && html`<option value="none">Nothing</option>`}</select>`
}`;
}

export function formatDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function renderControls({ obstacle, mayAccept, content, newOwner }: HandoverPage): Html {
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ This can no longer be answered: ${obstacle}</h2></section>`;
  if (!mayAccept)
    return html`<section class="controls"><p>You can see this, but only ${renderWords(newOwner)} can answer it.</p></section>`;
  const verb = content.suggests === 'retire' ? 'Sign with passkey' : 'Take over with passkey';
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><button id="decline" type="button" data-step="decline" aria-disabled="true">Decline</button>
<button id="sign" class="primary" type="button" aria-disabled="true">${verb}</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing changes.</p></noscript>
</section>`;
}
