import type { PageAssets } from '../../http/create-page-assets.ts';
import { type Html, html } from '../../http/html.ts';
import { renderPage } from '../../http/render-page.ts';
import type { Account } from './load-account.ts';

/** Passkeys, sessions and single sign-on of whoever is signed in; for administrators also what waits for two of them. */
export function renderAccount(assets: PageAssets, account: Account): string {
  return renderPage({
    title: 'Your account',
    assets,
    scripts: ['passkey.js', 'account-page.js'],
    body: html`<main class="account">
<p class="brand"><a href="/">Countersign</a></p>
<h1>${account.person.displayName}</h1>
<p class="quiet">${[...account.person.roles, ...account.person.groups].join(', ') || 'no role yet'}</p>
<p id="message" role="status" aria-live="polite"></p>
<p id="link" class="text" tabindex="-1"></p>
${renderPasskeys(account)}
${renderSessions(account)}
${renderRecoveries(account)}
<p><a href="/approvals/checks">How you are checked, if you are</a></p>
${account.isAdministrator && renderWaiting(account)}
</main>`,
  });
}

function renderPasskeys({ passkeys, now, hasSingleSignOn, isLinked }: Account): Html {
  return html`<section aria-labelledby="passkeys"><h2 id="passkeys">Passkeys</h2>
${passkeys.length === 0 && html`<p>You have none: you can look and stop things. Make one to do more.</p>`}
<ul class="rows">${passkeys.map(
    (passkey) => html`<li><p><b>${passkey.label}</b>, made ${day(passkey.createdAt)}</p>
${passkey.code !== null && html`<p class="alarm">Does not count yet. Read this to an administrator: <code>${passkey.code}</code></p>`}
${passkey.countsFrom !== null && passkey.countsFrom > now && html`<p class="alarm">Counts from ${time(passkey.countsFrom)}.</p>`}
<button type="button" data-post="/v1/people/me/passkeys/${passkey.id}/remove" aria-label="Remove ${passkey.label}">Remove</button></li>`,
  )}</ul>
<button type="button" id="add" class="primary">${passkeys.length === 0 ? 'Make a passkey' : 'Add a passkey'}</button>
${hasSingleSignOn && (isLinked ? html`<p class="quiet">Single sign-on is linked.</p>` : html`<p><a class="button" href="/sign-in/oidc/link?return=/account">Link single sign-on</a></p>`)}
</section>`;
}

function renderSessions({ sessions }: Account): Html {
  return html`<section aria-labelledby="sessions"><h2 id="sessions">Where you are signed in</h2>
<ul class="rows">${sessions.map(
    (
      session,
    ) => html`<li><p><b>${session.agent}</b>${session.isCurrent && ', here'}, by ${session.method === 'oidc' ? 'single sign-on' : 'passkey'}, since ${time(session.openedAt)}</p>
${!session.isCurrent && html`<button type="button" data-post="/v1/people/me/sessions/${session.id}/end" aria-label="End ${session.agent}, since ${time(session.openedAt)}">End</button>`}</li>`,
  )}</ul>
${sessions.length > 1 && html`<button type="button" data-post="/v1/people/me/sessions/end">End all others</button>`}
</section>`;
}

function renderRecoveries({ recoveries, people, person, isAdministrator }: Account): Html | false {
  if (recoveries.length === 0) return false;
  const nameOf = (id: string): string => people.find((one) => one.id === id)?.display_name ?? id;
  return html`<section aria-labelledby="recoveries"><h2 id="recoveries">Recoveries</h2>
<ul class="rows">${recoveries.map((recovery) => {
    const isOwn = recovery.personId === person.id;
    const mayConfirm =
      isAdministrator && !isOwn && recovery.openedBy !== person.id && recovery.confirmedBy === null;
    return html`<li><p class="${isOwn ? 'alarm' : ''}">${isOwn ? 'Somebody wants to replace your passkeys' : `A new passkey for ${nameOf(recovery.personId)}`}: ${recovery.reason}</p>
<p class="quiet">Asked by ${nameOf(recovery.openedBy)}, until ${time(recovery.expiresAt)}</p>
${mayConfirm && html`<button type="button" class="primary" data-post="/v1/people/recoveries/${recovery.id}/confirm">Confirm and make the link</button>`}
<button type="button" data-post="/v1/people/recoveries/${recovery.id}/end">${isOwn ? 'This was not me: end it' : 'End it'}</button></li>`;
  })}</ul></section>`;
}

function renderWaiting({ people, person, waiting }: Account): Html {
  return html`<section aria-labelledby="waiting"><h2 id="waiting">For administrators</h2>
${waiting.map(
  (one) => html`<form data-post="/v1/people/${one.person_id}/passkeys/${one.credential_id}/confirm">
<p>${one.display_name} (${one.email ?? 'no e-mail'}) made the passkey “${one.label}” after single sign-on. Call them and let them read its code.</p>
<label>Code that ${one.display_name} reads <input name="code" autocomplete="off" maxlength="32" required></label>
<button type="submit">Let it count</button></form>`,
)}
<form data-post="/v1/people/recoveries">
<label>Who lost all passkeys <select name="personId">${people
    .filter(({ id }) => id !== person.id)
    .map(({ id, display_name }) => html`<option value="${id}">${display_name}</option>`)}</select></label>
<label>Why, and how you know that it is them <input name="reason" maxlength="200" required></label>
<button type="submit">Ask another administrator</button>
</form></section>`;
}

const time = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
