import { renderText, renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { type Html, html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import { everyUpstream } from '../../../upstreams/index.ts';
import type { InteractiveClient } from '../../clients/find-client.ts';
import type { ConsentRequest } from '../consent-request.ts';
import type { OfferedUpstream } from '../list-offered.ts';
import { describeDraft } from './describe-draft.ts';
import { describeRedirect, findWarnings } from './find-warnings.ts';
import { renderChoices } from './render-choices.ts';

export interface ConsentPage {
  readonly request: ConsentRequest;
  readonly client: InteractiveClient;
  readonly personName: string;
  readonly offered: readonly OfferedUpstream[];
  readonly assets: PageAssets;
}

/** Reading order is deciding order: who, for what, what is unusual, exactly what is allowed, then how to change it. */
export function renderConsent(page: ConsentPage): string {
  const { request, client, assets } = page;
  return renderPage({
    // Not its name: what stands there cannot be marked.
    title: 'An application asks',
    assets,
    scripts: ['passkey.js', 'calm-page.js', 'consent-page.js'],
    body: html`<main class="approval" data-id="${request.id}" data-digest="${request.draftDigest}">
${renderBand(page)}
<h1><b>${renderWords(client.name)}</b> wants to act for you in ${request.request.upstreams.map((name, index) => html`${index > 0 && ', '}<b>${name === everyUpstream ? 'every upstream' : name}</b>`)}</h1>
<p class="for">you are <b>${renderWords(page.personName)}</b> · ${client.kind === 'registered' ? 'an administrator gave the application this name' : 'the name above is what the application calls itself, nobody has verified it'}</p>
<ul class="chips" aria-label="Unusual">${findWarnings(client, request.request.redirectUri).map((warning) => html`<li>! ${renderWords(warning)}</li>`)}</ul>
${renderAllowed(request)}
${request.state === 'open' && renderChoices(page)}
${renderClient(page)}
${renderProof(request)}
${renderControls(request)}
</main>`,
  });
}

function renderBand({ offered }: ConsentPage): Html {
  const environments = [...new Set(offered.map(({ environment }) => environment))];
  const isProduction = environments.some((name) => /^prod/i.test(name));
  return html`<header class="band${isProduction ? ' production' : ''}">
<b>${renderWords(environments.join(', '))}</b>
<span>asks for access</span>
</header>`;
}

function renderAllowed({ draft }: ConsentRequest): Html {
  return html`<section aria-labelledby="allowed">
<h2 id="allowed">${draft.goesOn === null ? 'This is what you allow' : 'You have allowed this before: it goes on as it is'}</h2>
<ul>${describeDraft(draft.limits).map((sentence) => html`<li>${renderWords(sentence)}</li>`)}</ul>
<p class="quiet">Every call is still decided by policy. You can take it back at any time.</p>
</section>`;
}

const knownBy: Readonly<Record<InteractiveClient['kind'], string>> = {
  document: 'a document that it publishes',
  registered: 'an administrator, who registered it',
  dynamic: 'its own word alone: it registered itself',
};

function renderClient({ client, request }: ConsentPage): Html {
  const version = client.softwareVersion === null ? '' : ` ${client.softwareVersion}`;
  return html`<section aria-labelledby="who">
<h2 id="who">Who asks</h2>
<dl>
<dt>Calls itself</dt><dd>${renderText(`${client.name}${version}`)}</dd>
<dt>Known by</dt><dd>${knownBy[client.kind]}</dd>
<dt>Identifier</dt><dd><code>${renderText(client.id)}</code></dd>
<dt>The answer goes to</dt><dd>${renderWords(describeRedirect(request.request.redirectUri))}<br><code>${renderText(request.request.redirectUri)}</code></dd>
<dt>It says it is for (not verified)</dt><dd><blockquote>${renderText(request.draft.purpose)}</blockquote></dd>
</dl>
</section>`;
}

function renderProof(request: ConsentRequest): Html {
  return html`<details class="more">
<summary>What your passkey signs</summary>
<dl>
<dt>The SHA-256</dt><dd><code>${request.draftDigest}</code></dd>
<dt>of this text</dt><dd><code class="signed">${renderText(request.draftText)}</code></dd>
</dl>
</details>`;
}

const outcomes: Readonly<Record<Exclude<ConsentRequest['state'], 'open'>, string>> = {
  granted: '● Allowed. You can close this window.',
  denied: '■ Denied. You can close this window.',
  replaced: '■ Given up for another window.',
  expired: '■ Too late: nothing was allowed. Start again in the application.',
};

/** Deny stands first and is focused first; both stay inert until the script says that the page has been still. */
function renderControls({ state }: ConsentRequest): Html {
  if (state !== 'open') return html`<section class="controls"><h2>${outcomes[state]}</h2></section>`;
  return html`<section class="controls" aria-label="Decide">
<p id="message" role="status" aria-live="polite"></p>
<div class="buttons">
<button id="deny" type="button" aria-disabled="true">Deny</button>
<button id="allow" class="primary" type="button" aria-disabled="true">Allow this with passkey</button>
</div>
<noscript><p>Deciding needs JavaScript from this server. Without a decision nothing is allowed.</p></noscript>
</section>`;
}
