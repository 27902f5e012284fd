import type { PageAssets } from '../../http/create-page-assets.ts';
import { html } from '../../http/html.ts';
import { renderPage } from '../../http/render-page.ts';

/** `returnPath` comes from `toSafeReturnPath`. */
export function renderSignIn(assets: PageAssets, returnPath: string, hasSingleSignOn = false): string {
  return renderPage({
    title: 'Sign in',
    assets,
    scripts: ['passkey.js', 'sign-in-page.js'],
    body: html`<main class="card" data-return="${returnPath}">
<p class="brand">Countersign</p>
<h1>Sign in</h1>
<p class="quiet">Your device asks for your finger, face or PIN. No password, no code.</p>
<button id="sign-in" class="primary" type="button">Use a passkey</button>
${
  hasSingleSignOn &&
  html`<p class="or">or</p>
<p><a class="button" href="/sign-in/oidc/start?return=${encodeURIComponent(returnPath)}">Single sign-on</a></p>
<p class="quiet">Shows you everything and lets you stop things. Approving and changing need a passkey.</p>`
}
<p id="message" role="status" aria-live="polite"></p>
<noscript><p>Passkeys need JavaScript from this server. Nothing is loaded from anywhere else.</p></noscript>
</main>`,
  });
}

/** The token stands in the fragment, which the browser keeps to itself: this page never receives it. */
export function renderJoin(assets: PageAssets): string {
  return renderPage({
    title: 'Join',
    assets,
    scripts: ['passkey.js', 'join-page.js'],
    body: html`<main class="card">
<p class="brand">Countersign</p>
<h1>Make your passkey</h1>
<p class="quiet">This link works once. The passkey you make now signs you in and signs what you approve.</p>
<form id="join">
<label for="name">Your name</label>
<input id="name" name="name" autocomplete="name" maxlength="80">
<button class="primary" type="submit">Make a passkey</button>
</form>
<p id="message" role="status" aria-live="polite"></p>
<noscript><p>Passkeys need JavaScript from this server. Nothing is loaded from anywhere else.</p></noscript>
</main>`,
  });
}

/** As `renderJoin`, for the link of a recovery. */
export function renderRecover(assets: PageAssets): string {
  return renderPage({
    title: 'Recover',
    assets,
    scripts: ['passkey.js', 'join-page.js'],
    body: html`<main class="card">
<p class="brand">Countersign</p>
<h1>Make a new passkey</h1>
<p class="quiet">This link works once. The passkey you make now replaces all earlier ones, and ends every session of yours. It signs you in at once; approving and changing come a while later.</p>
<form id="join">
<button class="primary" type="submit">Make a passkey</button>
</form>
<p id="message" role="status" aria-live="polite"></p>
<noscript><p>Passkeys need JavaScript from this server. Nothing is loaded from anywhere else.</p></noscript>
</main>`,
  });
}
