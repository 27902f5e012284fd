import type { AppError } from '@countersign/api';
import { renderText, renderWords } from '../../../approvals/index.ts';
import type { PageAssets } from '../../../http/create-page-assets.ts';
import { html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import type { InteractiveClient } from '../../clients/find-client.ts';
import { describeRedirect } from './find-warnings.ts';

/** Another window of this person waits for the same client. `again` is this page's own address. */
export function renderBusy(assets: PageAssets, consentId: string, again: string): string {
  return renderPage({
    title: 'Open in another window',
    assets,
    scripts: ['consent-page.js'],
    body: html`<main class="card approval" data-id="${consentId}" data-again="${again}">
<h1>This application is asking you already</h1>
<p class="quiet">Finish in the first window, or give it up and go on here.</p>
<p><a href="/consents/${consentId}">Go to what it asks there</a></p>
<p id="message" role="status" aria-live="polite"></p>
<button id="restart" type="button" aria-disabled="true">Give it up and go on here</button>
</main>`,
  });
}

export interface GoBack {
  readonly client: InteractiveClient;
  readonly error: AppError;
  readonly redirectUri: string;
  /** The redirect URI with the error. */
  readonly location: string;
}

/** An error for a client nobody vouches for: whoever follows the link sees first where it leads. */
export function renderGoBack(assets: PageAssets, { client, error, redirectUri, location }: GoBack): string {
  return renderPage({
    title: 'Not possible',
    assets,
    scripts: [],
    body: html`<main class="card">
<h1>${error.entry.caller}</h1>
<p class="quiet">${error.code}${error.detail !== undefined && html` · ${renderText(error.detail)}`}</p>
<p>Asked by <b>${renderWords(`${client.name} ${client.softwareVersion ?? ''}`.trim())}</b>, as it calls itself. It can be told so: it is at <b>${renderWords(describeRedirect(redirectUri))}</b>; go there only if you came from it.</p>
<p><a href="${location}" rel="noreferrer">Back to the application</a></p>
</main>`,
  });
}
