import { readGrant } from '@countersign/core';
import { type Html, html } from '../../http/html.ts';
import type { StoredApproval } from '../read-approval.ts';
import { denyReasons } from './deny-reasons.ts';
import type { PageView } from './render-approval.ts';
import { renderStop } from './render-stop.ts';
import { renderWords } from './render-text.ts';

/** Deny stands first and is focused first; both stay inert until the script says that the page has been still. */
export function renderControls(view: PageView): Html {
  const { approval, standing } = view;
  if (!standing.mayDeny) {
    return html`<section class="controls"><p>You can see this request, but you are not among those who decide it.</p></section>`;
  }
  return html`<section class="controls" aria-label="Decide">
<p class="match">Match code on the agent's screen: <b>${approval.matchCode}</b></p>
<p id="message" role="status" aria-live="polite">${explain(view)}</p>
<div class="buttons">
<button id="deny" type="button" aria-disabled="true">Deny</button>
${standing.mayApprove && html`<button id="approve" class="primary" type="button" aria-disabled="true">${nameVerb(approval)}</button>`}
</div>
<div class="others">
<details class="reason"><summary>Deny with a reason</summary>
<label for="why">Why</label>
<select id="why"><option value="">no reason</option>${denyReasons.map((reason) => html`<option>${reason}</option>`)}</select>
<label for="reason">Told to the agent</label>
<input id="reason" maxlength="400" autocomplete="off">
</details>
${view.mayStop && renderStop(approval)}
</div>
<noscript><p>Deciding needs JavaScript from this server. Without a decision the action is denied in time.</p></noscript>
</section>`;
}

function explain({ approval, standing }: PageView): string {
  if (standing.hasApproved) return 'You have approved. You can still deny.';
  if (approval.state === 'approved') return 'Approved, not used yet. You can still deny.';
  if (!standing.mayApprove) return 'You may deny this, but not approve it: separation of duties.';
  return '';
}

/** Under a grant that somebody has signed, the same signature is asked of everybody. */
function nameVerb({ kind, signedAction }: StoredApproval): string {
  const granted = readGrant(signedAction);
  return granted === undefined ? verbs[kind] : `Approve up to ${granted.grant.uses} calls with passkey`;
}

const verbs: Readonly<Record<StoredApproval['kind'], string>> = {
  call: 'Approve once with passkey',
  once: 'Approve once with passkey',
  authority: 'Delegate with passkey',
  amendment: 'Change the plan with passkey',
};

const outcomes: Readonly<Record<StoredApproval['state'], string>> = {
  requested: '◐ Waiting',
  approved: '● Approved, not used yet',
  denied: '■ Denied',
  expired: '■ Denied: nobody decided in time',
  cancelled: '■ Cancelled',
  released: '● Approved and used once',
};

type Outcomes = Readonly<Partial<Record<StoredApproval['state'], string>>>;

const ownOutcomes: Readonly<Partial<Record<StoredApproval['kind'], Outcomes>>> = {
  authority: { approved: '● Given, not fetched yet', released: '● Given: the agent has the delegation' },
  amendment: { released: '● Approved: the plan of the task is changed' },
};

export function renderOutcome(approval: StoredApproval): Html {
  return html`<section class="controls">
<h2>${ownOutcomes[approval.kind]?.[approval.state] ?? outcomes[approval.state]}</h2>
${approval.reason !== null && html`<p>${renderWords(approval.reason)}</p>`}
${approval.kind === 'authority' && approval.state === 'released' && html`<p>To take it back, revoke the delegation in the console.</p>`}
<ul>${approval.given.map((vote) => html`<li>${renderWords(vote.personName)}: ${vote.outcome === 'approve' ? 'approved' : 'denied'}</li>`)}</ul>
<p><a href="/approvals">All requests</a></p>
</section>`;
}
