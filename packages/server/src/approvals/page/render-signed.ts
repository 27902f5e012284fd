import { isJsonObject, type JsonValue, maskSecret } from '@countersign/core';
import { type Html, html } from '../../http/html.ts';
import { renderText } from './render-text.ts';

const mostSecrets = 64;

/** The text that is signed, but for secrets in the arguments, which a screen must not show: it says how many there are. */
export function renderSigned(signedAction: string): Html {
  const { arguments: args = null }: { readonly arguments?: JsonValue } = JSON.parse(signedAction);
  const secrets = new Set<string>();
  collect(args, '', secrets);
  let text = signedAction;
  for (const secret of secrets) text = text.replaceAll(JSON.stringify(secret), '"••••••••"');
  const note =
    secrets.size > 0 &&
    html`<p class="quiet">Secrets are hidden here (${secrets.size}); the digest is of the text with them.</p>`;
  return html`<code class="signed">${renderText(text)}</code>${note}`;
}

function collect(value: JsonValue, name: string, into: Set<string>): void {
  if (into.size >= mostSecrets) return;
  if (typeof value === 'string') {
    if (maskSecret(name, value) !== undefined) into.add(value);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, name, into);
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) collect(member, key, into);
  }
}
