import type { AppError } from '@countersign/api';
import type { PageAssetName, PageAssets } from './create-page-assets.ts';
import { type Html, html } from './html.ts';

export interface PageParts {
  readonly title: string;
  readonly assets: PageAssets;
  /** Loaded in this order, after the markup. */
  readonly scripts: readonly PageAssetName[];
  readonly body: Html;
  /** Of a page that can be installed. */
  readonly manifest?: string;
}

/** A whole document without inline script or style, so that the strict policy holds without nonces. */
export function renderPage(parts: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${parts.title} · Countersign</title>
<link rel="icon" href="data:,">
${parts.manifest === undefined ? '' : html`<link rel="manifest" href="${parts.manifest}">\n`}<link rel="stylesheet" href="${parts.assets.path('page.css')}">
${parts.scripts.map((name) => renderScript(name, parts.assets))}</head>
<body>
${parts.body}
</body>
</html>
`.markup;
}

/** The library is a classic script that defines a global, ours are modules; both run in order after the markup. What modules share is fetched with them. */
function renderScript(name: PageAssetName, assets: PageAssets): Html {
  const path = assets.path(name);
  if (name === 'calm-page.js') return html`<link rel="modulepreload" href="${path}">\n`;
  return name === 'passkey.js'
    ? html`<script defer src="${path}"></script>\n`
    : html`<script type="module" src="${path}"></script>\n`;
}

/** A refusal for a person at a browser: what it means, its code, and nothing from the request. */
export function renderErrorPage(error: AppError, requestId: string, assets: PageAssets): string {
  return renderPage({
    title: 'Not possible',
    assets,
    scripts: [],
    body: html`<main class="card">
<h1>${error.entry.caller}</h1>
<p class="quiet">${error.code} · request ${requestId}</p>
<p><a href="/">Go to the console</a></p>
</main>`,
  });
}

/**
 * A page that only comes back to itself. A link in a mail or chat is a cross-site navigation, on which a SameSite=Strict
 * cookie stays at home; the second navigation starts here and carries it.
 */
export function renderReturnPage(path: string, assets: PageAssets): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=${path}">
<title>Countersign</title>
<link rel="stylesheet" href="${assets.path('page.css')}">
</head>
<body><main class="card"><p><a href="${path}">Continue</a></p></main></body>
</html>
`.markup;
}
