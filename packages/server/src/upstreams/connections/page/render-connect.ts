import type { PageAssets } from '../../../http/create-page-assets.ts';
import { html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import { connectPath } from '../connection-parts.ts';

export interface ConnectFacts {
  readonly upstream: string;
  /** The person who is signed in. */
  readonly person: string;
  readonly issuer: string;
  readonly scopes: readonly string[] | undefined;
  readonly isConnected: boolean;
}

/** Says whose account goes where before anybody is sent away; only the button begins it. */
export function renderConnect(facts: ConnectFacts, assets: PageAssets): string {
  const { upstream, person, issuer, scopes, isConnected } = facts;
  return renderPage({
    title: `Connect ${upstream}`,
    assets,
    scripts: ['connect-page.js'],
    body: html`<main class="card" data-begin="/v1/upstreams/${upstream}/connections/begin">
<p class="brand">Countersign</p>
<h1>Connect your account at ${upstream}</h1>
<p>You are signed in as <strong>${person}</strong>. Agents that act for you, and no others, will use your account there, each
call within what you delegated and what policy allows. They never see its tokens.</p>
<dl>
<dt>You go to</dt><dd>${new URL(issuer).host}</dd>
<dt>Asked for</dt><dd>${scopes === undefined ? 'what it gives by itself' : scopes.join(', ')}</dd>
</dl>
${isConnected ? html`<p class="quiet">You are connected already. Connecting anew replaces that.</p>` : null}
<button id="connect" class="primary" type="button">Go to ${new URL(issuer).host}</button>
<p id="message" role="status" aria-live="polite"></p>
<noscript><p>This needs JavaScript from this server. Nothing is loaded from anywhere else.</p></noscript>
</main>`,
  });
}

export function renderConnected(upstream: string, assets: PageAssets): string {
  return renderPage({
    title: 'Connected',
    assets,
    scripts: [],
    body: html`<main class="card">
<p class="brand">Countersign</p>
<h1>Your account at ${upstream} is connected</h1>
<p>Agents that act for you use it from now on. You can <a href="${connectPath(upstream)}">connect another account</a>,
or end it: <code>countersign upstreams disconnect</code>.</p>
<p><a href="/">Go to the console</a></p>
</main>`,
  });
}
