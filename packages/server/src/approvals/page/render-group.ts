import { isJsonObject, type JsonObject } from '@countersign/core';
import type { PageAssets } from '../../http/create-page-assets.ts';
import { type Html, html } from '../../http/html.ts';
import { renderPage } from '../../http/render-page.ts';
import { countHidden } from '../count-hidden.ts';
import type { ViewedApproval } from '../get-approval.ts';
import type { Group } from '../groups/index.ts';
import { renderWords } from './render-text.ts';
import { renderMembers } from './render-value.ts';

/** Every request with all its arguments, one under the other: what is not read here is not signed. */
export function renderGroup({ id, members, more }: Group, now: number, assets: PageAssets): string {
  const [first] = members;
  const name = first?.approval.presented.agentName ?? '';
  const isMine = members.some(({ standing }) => standing.mayApprove);
  return renderPage({
    title: `${name} asks ${members.length} times`,
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'group-page.js'],
    body: html`<main class="approval" data-group="${id}">
<header class="band"><b>${renderWords(first?.approval.presented.environment ?? '')}</b><span>${members.length} requests</span></header>
<h1><b>${renderWords(name)}</b> wants to call <b>${renderWords(`${first?.approval.upstream ?? ''}/${first?.approval.tool ?? ''}`)}</b> ${members.length} times</h1>
<p class="for">Each is shown with all that it would send. Your passkey signs the digests of those that you leave ticked, and nothing else.</p>
${more > 0 && html`<p class="alarm">${more} more wait: decide these first.</p>`}
${members.map((one, at) => renderMember(one, at, now))}
${renderControls(members, isMine)}
</main>`,
  });
}

function renderMember({ approval, standing }: ViewedApproval, at: number, now: number): Html {
  const { presented } = approval;
  const args = readArguments(approval.signedAction);
  const hidden = countHidden(args);
  const left = Math.max(0, Math.ceil((approval.expiresAt - now) / 1000));
  return html`<section class="entry" aria-labelledby="member-${at}">
<h2 id="member-${at}">${
    standing.mayApprove &&
    html`<input type="checkbox" checked data-member="${approval.id}" data-digest="${approval.actionDigest}" aria-labelledby="member-${at}"> `
  }${presented.sentence.map((part) => (part.strong ? html`<b>${renderWords(part.text)}</b>` : renderWords(part.text)))}</h2>
${presented.chips.length > 0 && html`<ul class="chips" aria-label="Unusual">${presented.chips.map((chip) => html`<li>! ${chip}</li>`)}</ul>`}
<p class="quiet">task “${renderWords(presented.task.purpose)}” on behalf of ${renderWords(presented.requesterName)} · ${Math.ceil(left / 60)} min left, then denied · match code ${presented.matchCode}</p>
<p class="${hidden > 0 ? 'alarm' : 'quiet'}">all shown, ${hidden} hidden or misleading ${hidden === 1 ? 'character' : 'characters'}</p>
${renderMembers(args)}
<p class="quiet"><a href="/approvals/${approval.id}">Decide it alone</a> · digest <code>${approval.actionDigest}</code></p>
</section>`;
}

/** From the signed text itself, so that what is seen is what is signed. */
function readArguments(signedAction: string): JsonObject {
  const { arguments: args } = JSON.parse(signedAction);
  return isJsonObject(args) ? args : { value: args };
}

function renderControls(members: readonly ViewedApproval[], isMine: boolean): Html {
  if (!members.some(({ standing }) => standing.mayDeny))
    return html`<section class="controls"><p>You can see these requests, but you are not among those who decide them.</p></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite">${isMine ? '' : 'You may deny these, but not approve them: separation of duties.'}</p>
<details class="reason"><summary>Deny with a reason</summary>
<label for="reason">Told to the agent, for each</label>
<input id="reason" maxlength="500" autocomplete="off">
</details>
<div class="buttons">
<button id="deny" type="button" data-all="${JSON.stringify(members.map(({ approval }) => ({ id: approval.id, actionDigest: approval.actionDigest })))}" aria-disabled="true">Deny all ${members.length}</button>
${isMine && html`<button id="approve" class="primary" type="button" aria-disabled="true">Approve <span id="count">${members.length}</span> with passkey</button>`}
</div>
<noscript><p>Deciding needs JavaScript from this server. Without a decision each is denied in time.</p></noscript>
</section>`;
}
