import type { Effect } from '@countersign/core';
import { renderWords } from '../../../approvals/index.ts';
import { type Html, html } from '../../../http/html.ts';
import { lifetimes } from '../consent-choices.ts';
import type { ConsentRequest } from '../consent-request.ts';
import type { OfferedTool, OfferedUpstream } from '../list-offered.ts';

/** The strongest effect gives a tool its group; strongest last, so that what can do harm is read last and ticked last. */
const groups: readonly (readonly [Effect, string])[] = [
  ['read', 'Only reads'],
  ['write', 'Changes things'],
  ['egress', 'Sends data out'],
  ['admin', 'Administers'],
  ['spend', 'Spends money'],
];

/** Nothing here is in force: what is applied comes back as sentences, and only those can be signed. */
export function renderChoices({
  request,
  offered,
}: {
  readonly request: ConsentRequest;
  readonly offered: readonly OfferedUpstream[];
}): Html {
  const { choices } = request;
  const ticked = new Set(choices.tools);
  const spends = offered.some(({ tools }) => tools.some(({ effects }) => effects.includes('spend')));
  return html`<details class="more">
<summary>Change what it may do</summary>
<form id="choices">
${offered.map((upstream) => renderUpstream(upstream, ticked))}
<label class="tick"><input type="checkbox" name="contents"${choices.contents && html` checked`}> read resources and prompts</label>
<label for="seconds">For how long</label>
<select id="seconds" name="seconds">${listLifetimes(choices.seconds).map(
    ({ seconds, words }) =>
      html`<option value="${seconds}"${seconds === choices.seconds && html` selected`}>${words}</option>`,
  )}</select>
<label for="calls">At most this many calls (empty: not counted)</label>
<input id="calls" name="calls" type="number" min="1" max="1000000" step="1" value="${choices.calls ?? ''}">
${
  spends &&
  html`<label for="spend">At most this much money, in minor units such as cents (needed for tools that spend)</label>
<input id="spend" name="spend" type="number" min="0" step="1" value="${choices.spendMinor ?? ''}">
<label for="currency">In this currency, such as EUR (needed for tools that spend)</label>
<input id="currency" name="currency" pattern="[A-Za-z]{3}" maxlength="3" autocomplete="off" value="${choices.currency ?? ''}">`
}
<button type="submit">Apply and show</button>
</form>
</details>`;
}

function renderUpstream(upstream: OfferedUpstream, ticked: ReadonlySet<string>): Html {
  const byGroup = Map.groupBy(upstream.tools, ({ effects }) => groupOf(effects));
  return html`${groups.map(([effect, words]) => {
    const tools = byGroup.get(effect) ?? [];
    if (tools.length === 0) return '';
    return html`<fieldset><legend>${words}, in ${upstream.name}</legend>${tools.map((tool) => renderTool(tool, ticked))}</fieldset>`;
  })}${upstream.withheld > 0 && html`<p class="quiet">${upstream.withheld} more in ${upstream.name} wait for somebody to look at them.</p>`}`;
}

function renderTool(tool: OfferedTool, ticked: ReadonlySet<string>): Html {
  const facts = `${tool.effects.join(', ')} · ${tool.dataDomain}${tool.confirmed ? '' : ' · not confirmed by anyone'}`;
  return html`<label class="tick"><input type="checkbox" name="tool" value="${tool.action}"${ticked.has(tool.action) && html` checked`}> <b>${renderWords(tool.tool)}</b> <small>${renderWords(facts)}</small></label>`;
}

function groupOf(effects: readonly Effect[]): Effect {
  return groups.findLast(([effect]) => effects.includes(effect))?.[0] ?? 'admin';
}

/** What the client asked for may lie between the ones that are offered. */
function listLifetimes(current: number): typeof lifetimes {
  if (lifetimes.some(({ seconds }) => seconds === current)) return lifetimes;
  const minutes = Math.round(current / 60);
  return [...lifetimes, { seconds: current, words: `${minutes} minutes, as the application asks` }].toSorted(
    (a, b) => a.seconds - b.seconds,
  );
}
