import {
  findGrantScope,
  isJsonObject,
  LONGEST_GRANT_MS,
  listFreeable,
  MOST_GRANT_USES,
  readGrant,
} from '@countersign/core';
import { type Html, html } from '../../http/html.ts';
import type { ViewedApproval } from '../get-approval.ts';
import { describeTerms } from '../grants/index.ts';
import type { StoredApproval } from '../read-approval.ts';
import { renderWords } from './render-text.ts';

const minute = 60_000;
const spans = [5, 15, 60, 240] as const;
const usualUses = 3;

/** What was signed for beside this call, where it was: whoever signs next signs the same. */
export function renderGrantTerms(approval: StoredApproval): Html | false {
  const granted = readGrant(approval.signedAction);
  if (granted === undefined) return false;
  const isOver = approval.state !== 'requested';
  return html`<section aria-labelledby="grant">
<h2 id="grant">${isOver ? 'For more than this call' : 'Your signature would let more than this call through'}</h2>
<ul>${describeTerms(granted).map((term) => html`<li>${renderWords(term)}</li>`)}</ul>
${approval.state === 'approved' || approval.state === 'released' ? html`<p class="quiet">To take it back: <code>countersign approvals end-grant ${approval.id}</code></p>` : ''}
</section>`;
}

/** The form under “For this task…”; nothing where each call is asked for alone. */
export function renderGrantForm({ approval, standing }: ViewedApproval, now: number): Html | false {
  const { grantBasis: basis, requirement, kind, drill, checkPersonId } = approval;
  if (!standing.mayApprove || approval.state !== 'requested') return false;
  if (kind !== 'call' || (drill !== null && checkPersonId === null) || basis === null) return false;
  const scope = findGrantScope(requirement, basis.tier);
  if (scope === 'no') return false;
  const before = readGrant(approval.signedAction);
  // Whoever signed before has signed for this call alone: nobody can let more happen now.
  if (before === undefined && approval.votes.length > 0) return false;
  if (before !== undefined) return renderLess();
  const { arguments: args } = JSON.parse(approval.signedAction);
  const free = isJsonObject(args) ? listFreeable(basis, args) : [];
  const latest = Math.min(basis.endsAt.task, now + LONGEST_GRANT_MS);
  return html`<details class="grant"><summary>For this task…</summary>
<div id="grant-form" role="group" aria-label="For this task" data-end="${latest}">
<p class="quiet">Lets calls like this one pass without asking, within bounds that you sign. Everything not named here stays exactly as it is.</p>
<label for="grant-uses">How many calls, this one included</label>
<input id="grant-uses" type="number" inputmode="numeric" min="2" max="${MOST_GRANT_USES}" value="${usualUses}">
<label for="grant-until">Until</label>
<select id="grant-until">${spans
    .filter((span) => now + span * minute < latest)
    .map(
      (span) =>
        html`<option value="${now + span * minute}">${span < 60 ? `in ${span} minutes` : `in ${span / 60} ${span === 60 ? 'hour' : 'hours'}`}</option>`,
    )}<option value="${latest}">${latest === basis.endsAt.task ? 'the end of the task' : 'in 8 hours'}</option></select>
${
  basis.spend !== null &&
  html`<label for="grant-total">All together at most, in minor units of ${renderWords(basis.spend.currency)}; left empty: as many times this amount</label>
<input id="grant-total" type="number" inputmode="numeric" min="${basis.spend.minor}">`
}
${scope === 'delegation' && html`<label for="grant-scope">Where</label><select id="grant-scope"><option value="task">only in this task</option><option value="delegation">in every task under the same delegation</option></select>`}
<fieldset><legend>May differ</legend>
<label><input id="grant-exact" type="checkbox" checked> amounts, up to the one here</label>
${free.map((pointer) => html`<label><input type="checkbox" data-free="${pointer}"> ${renderWords(pointer.slice(1))}: anything</label>`)}
</fieldset>
<div id="grant-preview" role="status" aria-live="polite"></div>
<button id="grant-give" type="button" aria-disabled="true">Approve these with passkey</button>
</div></details>`;
}

function renderLess(): Html {
  return html`<details class="grant"><summary>Only this call…</summary>
<p class="quiet">Somebody signed for more calls like this one. You can sign for this one alone; then they have to sign again.</p>
<button id="grant-none" type="button" aria-disabled="true">Approve only this call with passkey</button>
</details>`;
}
