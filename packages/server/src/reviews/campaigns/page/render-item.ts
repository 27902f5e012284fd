import { describe } from '@countersign/core';
import { renderText, renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import type { NarrowingStanding } from '../../../policies/index.ts';
import type { ItemFacts } from '../item-facts.ts';
import type { PolicyChange } from '../policy-change.ts';
import type { ItemRow, ReviewRow } from '../review.ts';
import { renderEvidence } from './render-evidence.ts';
import { renderPolicyChange, renderPolicyProposal } from './render-policy.ts';

interface ItemPage {
  readonly review: ReviewRow;
  readonly item: ItemRow;
  readonly facts: ItemFacts;
  readonly digest: string;
  /** Whether the visitor may decide it. */
  readonly mayDecide: boolean;
  /** Whether that may be to retire the agent. */
  readonly mayRetire: boolean;
  /** Why it cannot be decided any more; undefined while it can. */
  readonly obstacle: string | undefined;
  readonly decidedBy: string | null;
  /** What the decision added to the policies, and what has become of it. */
  readonly policy: { readonly change: PolicyChange; readonly standing: NarrowingStanding } | null;
  readonly assets: PageAssets;
}

/** Reading order is deciding order: whose, granted against used, what is odd, the exact change, then what is signed. */
export function renderItem(page: ItemPage): string {
  const { review, item, facts, digest, assets } = page;
  const isUndo = item.state === 'decided';
  const [step, challenge] = isUndo ? ['undo', 'undo/challenge'] : ['decide', 'challenge'];
  return renderPage({
    title: `Review of ${facts.agent.name}`,
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'choosing-page.js'],
    body: html`<main class="approval" data-path="/v1/reviews/items/${item.id}" data-step="${step}" data-challenge="${challenge}"${!isUndo && html` data-digest="${digest}"`}>
<div class="band"><b>Risk tier ${item.tier}</b><span><a href="/reviews/${review.id}">${renderWords(review.title)}</a></span><span>due ${new Date(review.due_at).toISOString().slice(0, 10)}</span></div>
<h1>${describeUse(facts)}</h1>
<p class="for">owned by <b>${renderWords(facts.owner.name)}</b>${facts.granted !== null && html` · on behalf of <b>${renderWords(facts.granted.giver.name)}</b>`}</p>
${listOddities(facts)}
<section aria-labelledby="purpose"><h2 id="purpose">What it is for</h2><blockquote>${renderText(facts.agent.purpose)}</blockquote>
${facts.granted !== null && html`<p>The delegation: ${renderWords(facts.granted.purpose)}</p>`}</section>
${renderChange(facts)}
${renderPolicy(page)}
${renderEvidence(facts)}
<details class="more"><summary>Proof</summary><dl>
<dt>What is shown has the SHA-256</dt><dd><code>${digest}</code></dd>
<dt>Your passkey signs</dt><dd>these facts together with your decision, the limits that stand after it and the lines that are added to the policies</dd>
</dl></details>
${renderControls(page)}
</main>`,
  });
}

function describeUse({ agent, granted, use }: ItemFacts): Html {
  const name = html`<b>${renderWords(agent.name)}</b>`;
  if (granted === null || use === null) return html`${name} holds nothing from anybody`;
  const used = new Set(
    use.tools.filter(({ allowed }) => allowed > 0).map((one) => `${one.upstream}/${one.tool}`),
  );
  return html`${name} may call <b>${count(granted.toolCount, 'tool')}</b> and used <b>${used.size}</b> of them`;
}

function listOddities({ ghosts, spikes, hops, owner }: ItemFacts): Html | false {
  const odd = [
    ...(owner.state === 'active' ? [] : [`Its owner is ${owner.state}`]),
    ...ghosts.map(({ detail }) => detail),
    ...(spikes ?? []).map(
      ({ day, calls, median }) =>
        `${calls} calls on ${new Date(day * 86_400_000).toISOString().slice(0, 10)}, where ${Math.round(median)} are usual`,
    ),
    ...hops
      .filter(({ isAlive }) => !isAlive)
      .map(({ agent }) => `Passed on to ${agent}, which no longer acts`),
  ];
  if (odd.length === 0) return false;
  return html`<ul class="chips" aria-label="Unusual">${odd.slice(0, 12).map((text) => html`<li>! ${renderWords(text)}</li>`)}</ul>`;
}

function renderChange({ granted, proposed, narrowing }: ItemFacts): Html {
  if (granted === null) return html``;
  const what =
    proposed === null
      ? html`<p><b>None of it was used</b>: shrinking ends the delegation.</p>`
      : narrowing.length === 0
        ? html`<p>All of it was used: shrinking changes nothing but what is left of its budgets.</p>`
        : html`<ul class="limits">${narrowing.map((line) => html`<li>${renderWords(line)}</li>`)}</ul>`;
  return html`<section aria-labelledby="change"><h2 id="change">If it is shrunk to what was used</h2>
${what}
<p class="quiet">Work under way stops; delegation and policies change together, and it is undone in one step.</p>
<details class="more"><summary>Limits before and after</summary>
<h3>Before</h3><ul class="limits">${describe(granted.limits).map((line) => html`<li>${renderWords(line)}</li>`)}</ul>
${proposed !== null && html`<h3>After</h3><ul class="limits">${describe(proposed).map((line) => html`<li>${renderWords(line)}</li>`)}</ul>`}
</details></section>`;
}

function renderPolicy({ item, facts, policy, mayDecide }: ItemPage): Html {
  if (policy !== null) {
    const isUndone = item.state === 'undone';
    const mayUndo = item.state === 'decided' && mayDecide;
    return renderPolicyChange(policy.change, { standing: policy.standing, isUndone, mayUndo });
  }
  return item.state === 'open' && item.delegation_id !== null ? renderPolicyProposal(facts.policy) : html``;
}

export function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}

function renderControls(page: ItemPage): Html {
  const { item, obstacle, mayDecide, mayRetire, decidedBy } = page;
  if (item.state === 'decided' && (item.decision === 'shrink' || item.decision === 'revoke') && mayDecide)
    return renderUndo(page);
  if (item.decision !== null)
    return html`<section class="controls"><h2>● ${describeDecision(item)} by ${renderWords(decidedBy ?? '')}</h2></section>`;
  if (obstacle !== undefined)
    return html`<section class="controls"><h2>■ This can no longer be decided: ${obstacle}</h2></section>`;
  if (!mayDecide)
    return html`<section class="controls"><p>You can see this, but it is not yours to decide.</p></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<label for="decision">Decision</label><select id="decision" data-choice="decision">
${item.delegation_id !== null && html`<option value="shrink">Shrink to what was used</option><option value="revoke">Revoke it</option>`}
<option value="keep">Keep it as it is</option>${mayRetire && html`<option value="retire">Retire the agent</option>`}</select>
<label for="reason">Why (needed to keep it)</label><input id="reason" type="text" maxlength="500" autocomplete="off">
<div class="buttons"><span></span><button id="sign" class="primary" type="button" aria-disabled="true">Sign with passkey</button></div>
<noscript><p>Signing needs JavaScript from this server. Without it nothing changes.</p></noscript>
</section>`;
}

function renderUndo({ item, decidedBy }: ItemPage): Html {
  return html`<section class="controls" aria-label="Undo"><h2>● ${describeDecision(item)} by ${renderWords(decidedBy ?? '')}</h2>
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons"><span></span><button id="sign" type="button" aria-disabled="true">Undo with passkey</button></div></section>`;
}

function describeDecision({ decision, state }: ItemRow): string {
  const words = {
    shrink: 'Shrunk to what was used',
    keep: 'Kept as it is',
    revoke: 'Revoked',
    retire: 'Retired',
  };
  const said = decision === null ? 'Left' : words[decision];
  return state === 'undone' ? `${said}, and undone,` : said;
}
