import {
  type AmendedCall,
  type AmendedEntry,
  type AskedAmendment,
  type GrantArgument,
  isJsonObject,
  type JsonObject,
} from '@countersign/core';
import { type Html, html } from '../../http/html.ts';
import { countHidden } from '../count-hidden.ts';
import { originWords as origins } from '../origin-words.ts';
import type { StoredApproval } from '../read-approval.ts';
import { renderText, renderWords } from './render-text.ts';
import { renderMembers } from './render-value.ts';

const minute = 60_000;
const spans: readonly (readonly [string, number])[] = [
  ['for 5 minutes', 5 * minute],
  ['for 15 minutes', 15 * minute],
];

/** The whole difference, from the text that is signed: each call, where its values came from, and what passes from then on. */
export function renderAmendment(approval: StoredApproval, now: number): Html {
  const asked: AskedAmendment = JSON.parse(approval.signedAction);
  const isOpen = approval.state === 'requested' && approval.votes.length === 0;
  const hidden = countHidden(asked.calls.map((call) => call.arguments));
  return html`${asked.prompt !== null && renderPrompt(asked.prompt)}
${
  asked.entries.length > 0 &&
  html`<section aria-labelledby="plan">
<h2 id="plan">What changes in the plan (${asked.entries.length})</h2>
<p class="${hidden > 0 ? 'alarm' : 'quiet'}">all shown, ${hidden} hidden or misleading ${hidden === 1 ? 'character' : 'characters'}</p>
${asked.entries.map((entry) => renderEntry(entry, asked.calls[Number(entry.id) - 1], isOpen))}
</section>`
}
${isOpen && asked.entries.length > 0 && renderTightening(approval, now)}`;
}

function renderPrompt(prompt: string): Html {
  return html`<section aria-labelledby="prompt">
<h2 id="prompt">What you asked the agent for</h2>
<p>Your passkey says that these words are yours. The plan is what they call for.</p>
<blockquote>${renderText(prompt)}</blockquote>
</section>`;
}

function renderEntry(entry: AmendedEntry, call: AmendedCall | undefined, isOpen: boolean): Html {
  const args = call !== undefined && isJsonObject(call.arguments) ? call.arguments : {};
  return html`<section class="entry">
<h3>${isOpen ? html`<label><input type="checkbox" data-entry="${entry.id}" checked> ${renderWords(entry.tool)}</label>` : renderWords(entry.tool)}</h3>
${renderSources(call)}
<h4>Passes from then on</h4>
<ul>${entry.arguments.map((argument) => html`<li>${describeArgument(argument)}</li>`)}${renderFree(entry, args)}
<li>${describeBounds(entry)}</li></ul>
<h4>The call at hand</h4>
${renderMembers(args)}
</section>`;
}

function renderSources(call: AmendedCall | undefined): Html | false {
  if (call === undefined || call.traces.length === 0) return false;
  return html`<dl class="sources">${call.traces.map(
    ({ pointer, role, value, worst, isContested }) =>
      html`<dt>${role} ${renderWords(pointer)}</dt><dd>${renderText(value)} <span class="${worst === 'untrusted' || worst === 'model' ? 'alarm' : 'quiet'}">from ${origins[worst]}</span>${isContested === true && html` <span class="alarm">named in text that outsiders can write, too</span>`}</dd>`,
  )}</dl>`;
}

function describeArgument({ pointer, role, values, origins: from, bars }: GrantArgument): Html {
  const proven = from.map((origin) => origins[origin]);
  const named = values.map((value, at) => html`${at > 0 && ', '}“${renderText(value)}”`);
  if (from.includes('untrusted') || from.includes('model'))
    return html`${role} ${renderWords(pointer)}: <b>anything</b>`;
  return html`${role} ${renderWords(pointer)}: ${values.length > 0 && html`only ${named}`}${values.length > 0 && proven.length > 0 && ', or '}${proven.length > 0 && html`what comes from ${proven.join(', ')}${bars === 'contested' && ', unless text that outsiders can write names it as well'}`}`;
}

/** Arguments without a role are not held against a plan: that must be said where a person signs. */
function renderFree(entry: AmendedEntry, args: JsonObject): Html | false {
  const bound = new Set(entry.arguments.map(({ pointer }) => pointer.split('/')[1]));
  const free = Object.keys(args).filter(
    (name) => !bound.has(name.replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  if (free.length === 0) return false;
  return html`<li>${free.map((name, at) => html`${at > 0 && ', '}${renderWords(name)}`)}: <b>anything</b></li>`;
}

function describeBounds({ uses, expiresAt }: AmendedEntry): string {
  const often = uses === null ? 'as often as the agent calls' : uses === 1 ? 'once' : `${uses} times`;
  const until =
    expiresAt === null
      ? 'until the task ends'
      : `until ${new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `${often}, ${until}`;
}

function renderTightening(approval: StoredApproval, now: number): Html {
  const shorter = spans.filter(([, span]) => now + span < approval.presented.task.expiresAt);
  return html`<section aria-labelledby="less">
<h2 id="less">Allow less</h2>
<p><label><input type="checkbox" data-plan="exact"> Only these exact values, texts included</label></p>
<p><label><input type="checkbox" data-plan="once"> Each of these calls once</label></p>
${
  shorter.length > 0 &&
  html`<p><label for="plan-until">How long</label>
<select id="plan-until" data-plan="expiresAt"><option value="">until the task ends</option>${shorter.map(
    ([name, span]) => html`<option value="${now + span}">${name}</option>`,
  )}</select></p>`
}
</section>`;
}
