import { type AskedAuthority, describe, type Limits } from '@countersign/core';
import { type Html, html } from '../../http/html.ts';
import type { StoredApproval } from '../read-approval.ts';
import { renderText, renderWords } from './render-text.ts';

const hour = 3_600_000;
const spans: readonly (readonly [string, number])[] = [
  ['15 minutes', hour / 4],
  ['1 hour', hour],
  ['8 hours', 8 * hour],
  ['1 day', 24 * hour],
  ['7 days', 7 * 24 * hour],
];

/** The purpose and every limit, from the text that is signed, and while it is open the means to give less. */
export function renderAuthority(approval: StoredApproval, now: number): Html {
  const { purpose, limits }: AskedAuthority = JSON.parse(approval.signedAction);
  return html`<section aria-labelledby="limits">
<h2 id="limits">What it may do then</h2>
<p class="quiet">The agent says (not verified):</p>
<blockquote>${renderText(purpose)}</blockquote>
<ul class="limits">${describe(limits).map((sentence) => html`<li>${renderText(sentence)}</li>`)}</ul>
</section>
${approval.state === 'requested' && renderNarrowing(limits, now)}`;
}

function renderNarrowing(limits: Limits, now: number): Html {
  const shorter = spans.filter(([, span]) => now + span < limits.expiresAt);
  return html`<section aria-labelledby="less">
<h2 id="less">Give less</h2>
<details class="narrow"><summary>Change what your passkey signs</summary>
${renderChoices('upstreams', 'Upstreams', limits.upstreams)}
${renderChoices('actions', 'Tools', limits.actions)}
${renderChoices('effects', 'Effects', limits.effects)}
${renderChoices('dataDomains', 'Data domains', limits.dataDomains)}
${renderChoices('environments', 'Environments', limits.environments)}
${renderNumber('calls', 'Calls at most', limits.calls)}
${limits.effects.includes('spend') && limits.currency !== null && renderNumber('spendMinor', `Spend at most (minor units of ${limits.currency})`, limits.spendMinor)}
${limits.depth > 0 && renderNumber('depth', 'May be passed on, steps', limits.depth)}
${
  shorter.length > 0 &&
  html`<p><label for="narrow-expiresAt">Ends</label>
<select id="narrow-expiresAt" data-limit="expiresAt"><option value="">as asked</option>${shorter.map(
    ([name, span]) => html`<option value="${now + span}">in ${name}</option>`,
  )}</select></p>`
}
</details>
</section>`;
}

/** `*` cannot be picked apart: a person who wants less of it denies, and the agent asks for what it needs. */
function renderChoices(field: keyof Limits, title: string, values: readonly string[] | '*'): Html | false {
  if (values === '*' || values.length < 2) return false;
  return html`<fieldset data-limit="${field}"><legend>${title}</legend>${values.map(
    (value) => html`<label><input type="checkbox" value="${value}" checked> ${renderWords(value)}</label>`,
  )}</fieldset>`;
}

function renderNumber(field: keyof Limits, title: string, most: number | null): Html {
  const id = `narrow-${field}`;
  return html`<p><label for="${id}">${title}</label>
<input id="${id}" data-limit="${field}" type="number" min="0" step="1" ${most === null ? html`placeholder="no limit"` : html`max="${most}" value="${most}"`}></p>`;
}
