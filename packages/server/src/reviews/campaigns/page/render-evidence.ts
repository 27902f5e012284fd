import { renderWords } from '../../../approvals/index.ts';
import { type Html, html } from '../../../http/html.ts';
import type { MeasuredUse } from '../../use/index.ts';
import type { ItemFacts } from '../item-facts.ts';
import { count } from './render-item.ts';

const mostRows = 40;

/** Everything the decision rests on: what was done, by whom further down, how others do it, and what is not known. */
export function renderEvidence({ use, peers, hops, notKnown }: ItemFacts): Html {
  return html`${use !== null && renderUse(use)}
${
  hops.length > 0 &&
  html`<section aria-labelledby="hops"><h2 id="hops">Passed on to</h2><ul class="limits">${hops.map(({ agent, purpose, isAlive }) => html`<li>${renderWords(agent)}: ${renderWords(purpose)}${!isAlive && html` <b>(no longer acts)</b>`}</li>`)}</ul></section>`
}
${peers !== null && renderPeers(peers)}
${
  notKnown.length > 0 &&
  html`<section aria-labelledby="unknown"><h2 id="unknown">Not known</h2><ul class="limits">${notKnown.map((line) => html`<li>${line}</li>`)}</ul></section>`
}`;
}

function renderUse(use: MeasuredUse): Html {
  const { calls, denied, asked, tasks, spend, total, lastAt, tools } = use;
  const money = spend.map(({ currency, minor }) => `${minor} minor units of ${currency}`).join(', ');
  return html`<section aria-labelledby="use"><h2 id="use">What was done since ${formatDay(use.from)}</h2>
<p>${count(calls, 'call')} in ${count(tasks, 'task')}${denied > 0 && html`, ${denied} refused`}${asked > 0 && html`, ${asked} asked about`}${lastAt !== null && html`, last on ${formatDay(lastAt)}`}.${money !== '' && html` Spent ${money}.`}${total.rows > 0 && html` ${count(total.rows, 'row')} of results.`}</p>
${
  tools.length > 0 &&
  html`<details class="more"><summary>${count(tools.length, 'kind')} of calls</summary><dl>${tools.slice(0, mostRows).map((one) => html`<dt>${renderWords(`${one.upstream}/${one.tool}`)}</dt><dd>${count(one.allowed, 'call')}${one.denied > 0 && html`, ${one.denied} refused`}; ${one.effects.join(', ')}${one.dataDomain !== '' && html`; ${renderWords(one.dataDomain)}`}; in ${renderWords(one.environment)}; last on ${formatDay(one.lastAt)}</dd>`)}</dl>
${tools.length > mostRows && html`<p>${tools.length - mostRows} more are in the report.</p>`}</details>`
}</section>`;
}

function renderPeers({ agents, alone, shared }: NonNullable<ItemFacts['peers']>): Html {
  return html`<section aria-labelledby="peers"><h2 id="peers">Beside ${count(agents.length, 'agent')} like it</h2>
${
  alone.length > 0
    ? html`<p>It alone used ${alone.slice(0, 10).map((tool, index) => html`${index > 0 && ', '}<code>${renderWords(tool)}</code>`)}.</p>`
    : html`<p>It used nothing that none of them used.</p>`
}
${shared.length > 0 && html`<p class="quiet">${count(shared.length, 'tool')} others use, too.</p>`}</section>`;
}

function formatDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
