import { isJsonObject, type JsonValue } from '@countersign/core';
import type { PageAssets } from '../../http/create-page-assets.ts';
import { type Html, html } from '../../http/html.ts';
import { renderPage } from '../../http/render-page.ts';
import { countHidden } from '../count-hidden.ts';
import type { ViewedApproval } from '../get-approval.ts';
import type { ChainStep } from '../presented.ts';
import type { StoredApproval } from '../read-approval.ts';
import type { EligiblePerson } from '../routing/index.ts';
import { renderAmendment } from './render-amendment.ts';
import { renderAsked } from './render-asked.ts';
import { renderAuthority } from './render-authority.ts';
import { renderCheck } from './render-check.ts';
import { renderControls, renderOutcome } from './render-controls.ts';
import { renderDeciders } from './render-deciders.ts';
import { renderGrantForm, renderGrantTerms } from './render-grant.ts';
import { renderSigned } from './render-signed.ts';
import { renderSteps } from './render-steps.ts';
import { renderText, renderWords } from './render-text.ts';
import { renderMembers } from './render-value.ts';

/** What the page is made for: who looks at it when, and who else could decide. */
export interface PageView extends ViewedApproval {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who may still approve, the first to be asked first. */
  readonly deciders: readonly EligiblePerson[];
  readonly mayStop: boolean;
}

/** Reading order is deciding order: who, what, for whom, what is unusual, what follows, then all the evidence. */
export function renderApproval(viewed: PageView, assets: PageAssets): string {
  const { approval, now } = viewed;
  const { presented } = approval;
  return renderPage({
    title: `${presented.agentName} asks`,
    assets,
    scripts: [
      ...(['passkey.js', 'calm-page.js', 'approval-page.js'] as const),
      ...(renderGrantForm(viewed, now) === false ? [] : (['grant-form.js'] as const)),
    ],
    body: html`<main class="approval" data-id="${approval.id}" data-state="${approval.state}" data-approved="${countYes(approval)}" data-expires="${approval.expiresAt}" data-digest="${approval.actionDigest}" data-now="${now}">
${renderBand(approval, now)}
${approval.drill !== null && approval.checkPersonId === null && html`<p class="alarm" role="note"><b>This is a drill.</b> Nothing happens whatever you decide; it shows that requests reach you.</p>`}
<h1>${presented.sentence.map((part) => (part.strong ? html`<b>${renderWords(part.text)}</b>` : renderWords(part.text)))}</h1>
<p class="for">on behalf of <b>${renderWords(presented.requesterName)}</b> · agent owned by <b>${renderWords(presented.ownerName)}</b></p>
${(approval.kind === 'once' || approval.kind === 'authority') && renderAsked(approval)}
${presented.chips.length > 0 && html`<ul class="chips" aria-label="Unusual">${presented.chips.map((chip) => html`<li>! ${chip}</li>`)}</ul>`}
<p class="consequence">${renderWords(presented.consequence)}</p>
${renderGrantTerms(approval)}
${renderSubject(approval, now)}
${renderSteps(presented.steps, approval.id)}
${renderChain(approval)}
${renderDeciders(viewed)}
${renderDetails(approval)}
${renderGrantForm(viewed, now)}
${renderEnd(viewed)}
</main>`,
  });
}

function renderEnd(viewed: PageView): Html {
  const { approval, standing, check } = viewed;
  if (approval.state === 'requested' || standing.mayDeny) return renderControls(viewed);
  return check === null ? renderOutcome(approval) : renderCheck(check);
}

function renderSubject(approval: StoredApproval, now: number): Html {
  if (approval.kind === 'authority') return renderAuthority(approval, now);
  if (approval.kind === 'amendment') return html`${renderAmendment(approval, now)}${renderTask(approval)}`;
  return html`${renderTask(approval)}${renderArguments(approval)}`;
}

export function countYes(approval: StoredApproval): number {
  return approval.votes.filter((vote) => vote.choice === 'approve').length;
}

function renderBand(approval: StoredApproval, now: number): Html {
  const { presented, requirement } = approval;
  const isProduction = /^prod/i.test(presented.environment);
  const seconds = Math.max(0, Math.ceil((approval.expiresAt - now) / 1000));
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const people = requirement.quorum === 1 ? '1 person' : `${requirement.quorum} people`;
  return html`<header class="band${isProduction ? ' production' : ''}">
<b>${renderWords(presented.environment === '' ? 'no environment' : presented.environment)}</b>
${presented.tier !== undefined && html`<span class="tier">tier ${presented.tier} of 3</span>`}
<span>needs ${people}, ${countYes(approval)} so far</span>
${approval.state === 'requested' && html`<span><span id="left" role="timer">${left}</span> left, then denied (${new Date(approval.expiresAt).toISOString().slice(11, 19)} UTC)</span>`}
</header>`;
}

function renderTask({ presented }: StoredApproval): Html {
  const { task } = presented;
  return html`<section aria-labelledby="task">
<h2 id="task">Task</h2>
<p>opened ${formatTime(task.openedAt)}, ends ${formatTime(task.expiresAt)}</p>
<p class="quiet">The agent says (not verified):</p>
<blockquote>${renderText(task.purpose)}</blockquote>
${task.prompt !== null && html`<p class="quiet">The prompt, as the agent gave it (not verified):</p><blockquote>${renderText(task.prompt)}</blockquote>`}
</section>`;
}

function renderArguments(approval: StoredApproval): Html {
  // From the signed text itself, so that what is seen is what is signed.
  const { arguments: args }: { readonly arguments: JsonValue } = JSON.parse(approval.signedAction);
  const members = isJsonObject(args) ? args : { value: args };
  const hidden = countHidden(members);
  const count = Object.keys(members).length;
  return html`<section aria-labelledby="arguments">
<h2 id="arguments">Arguments (${count})</h2>
<p class="${hidden > 0 ? 'alarm' : 'quiet'}">all shown, ${hidden} hidden or misleading ${hidden === 1 ? 'character' : 'characters'}</p>
${renderMembers(members)}
</section>`;
}

function renderChain({ presented }: StoredApproval): Html {
  return html`<section aria-labelledby="chain">
<h2 id="chain">On whose authority</h2>
<ol class="chain">${presented.chain.map(renderStep)}</ol>
</section>`;
}

/** Who gave it to whom, for what, and what was dropped on the way: the reader sees how far it came and how narrow it is. */
function renderStep(step: ChainStep): Html {
  const id = step.delegationId === '' ? 'if you agree' : html`<code>${step.delegationId}</code>`;
  const dropped = step.dropped ?? [];
  return html`<li>${renderWords(step.from)} <span aria-label="delegated to">→</span> ${renderWords(step.to)} ${id}
${step.purpose !== undefined && html`<p class="quiet">“${renderWords(step.purpose)}”</p>`}
${dropped.length > 0 && html`<ul aria-label="Dropped here">${dropped.map((sentence) => html`<li>${renderWords(sentence)}</li>`)}</ul>`}</li>`;
}

function renderDetails(approval: StoredApproval): Html {
  const { requirement, presented } = approval;
  const excluded = requirement.excluded.length === 0 ? 'nobody' : requirement.excluded.join(', ');
  return html`<details class="more">
<summary>Policy and proof</summary>
<dl>
${presented.policyIds.length > 0 && html`<dt>Policies that asked</dt><dd>${presented.policyIds.map((id) => html`<code>${id}</code> `)}</dd>`}
<dt>Policy version</dt><dd><code>${approval.policyVersion}</code></dd>
<dt>Who may approve</dt><dd>${requirement.approvers.join(', ')}; not ${excluded}</dd>
<dt>Your passkey signs the SHA-256</dt><dd><code>${approval.actionDigest}</code></dd>
<dt>of this text</dt><dd>${renderSigned(approval.signedAction)}</dd>
${presented.template !== undefined && presented.template !== null && html`<dt>Words of the sentence, confirmed for the tool’s definition</dt><dd>${renderWords(presented.template.text)} <code>${presented.template.toolDigest}</code></dd>`}
<dt>Request</dt><dd><code>${approval.id}</code>${approval.actionId !== '' && html` for action <code>${approval.actionId}</code>`}</dd>
</dl>
</details>`;
}

export function formatTime(epochMilliseconds: number): string {
  return `${new Date(epochMilliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
