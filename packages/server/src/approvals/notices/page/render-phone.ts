import type { PageAssets } from '../../../http/create-page-assets.ts';
import { html } from '../../../http/html.ts';
import { renderPage } from '../../../http/render-page.ts';
import type { Device } from '../devices/index.ts';
import { drawCode } from './draw-code.ts';

export interface Phone {
  /** Of this very page: what the code leads to. */
  readonly address: string;
  /** Name of the channel of web push; undefined when this server has none. */
  readonly channel: string | undefined;
  readonly devices: readonly Device[];
}

/** How a person is told on the device in their hand. */
export function renderPhone({ address, channel, devices }: Phone, assets: PageAssets): string {
  return renderPage({
    title: 'On your phone',
    assets,
    manifest: '/manifest.webmanifest',
    scripts: ['passkey.js', 'phone-page.js'],
    body: html`<main class="card" data-channel="${channel ?? ''}">
<p class="brand">Countersign</p>
<h1>Be told on your phone</h1>
${
  channel === undefined
    ? html`<p>This server has no web push. Its operator turns it on under approvals.channels.</p>`
    : html`<p class="quiet">Open this page there and sign in. On an iPhone or iPad, add it to the home screen first and open it from there.</p>
${drawCode(address, `QR code of ${address}`)}
<p class="quiet"><a href="${address}">${address}</a></p>
<label for="device">Name of this device</label>
<input id="device" maxlength="60" autocomplete="off" value="Phone">
<button id="turn-on" class="primary" type="button">Tell me on this device</button>
<button id="test" type="button"${devices.length === 0 ? html` disabled` : ''}>Send a test</button>`
}
<p id="message" role="status" aria-live="polite"></p>
<h2>Your devices</h2>
<ul id="devices" class="limits">${devices.map(
      ({ id, device }) =>
        html`<li><bdi>${device}</bdi> <button type="button" data-remove="${id}">Remove ${device}</button></li>`,
    )}</ul>
${devices.length === 0 ? html`<p class="quiet">None yet.</p>` : ''}
<p class="quiet">What you see there names the agent, what it wants in general and the tier; never what it would send. Deciding needs your passkey.</p>
<noscript><p>This page needs JavaScript from this server. Nothing is loaded from anywhere else.</p></noscript>
</main>`,
  });
}
