import { decide, isInert, keepCalm, onReadiness, post, rest, say } from './calm-page.ts';

declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

const main = document.querySelector<HTMLElement>('main.approval');
const sign = document.querySelector<HTMLButtonElement>('#sign');
const decline = document.querySelector<HTMLButtonElement>('#decline');
const reason = document.querySelector<HTMLInputElement>('input#reason');
const { path = '', step = '', digest } = main?.dataset ?? {};

/** How long the page was in front of somebody, by a clock that nobody sets. */
let lookedMilliseconds = 0;
let lookingSince: number | null = document.hidden ? null : performance.now();

function look(): void {
  const now = performance.now();
  if (lookingSince !== null) lookedMilliseconds += now - lookingSince;
  lookingSince = document.hidden ? null : now;
}

const call = (to: string, body: unknown): Promise<Response> => post(`${path}/${to}`, body);

/** What is chosen, read once, so that what is asked to be signed is what is sent; by group where the page has groups. */
function readChoice(): Record<string, unknown> {
  const groups: Record<string, Record<string, string>> = {};
  const single: Record<string, unknown> = {};
  type Field = HTMLSelectElement | HTMLInputElement;
  for (const field of document.querySelectorAll<Field>('[data-choice]')) {
    const { group, choice: name = '' } = field.dataset;
    if (group === undefined) single[name] = field.value;
    else groups[group] = { ...groups[group], [name]: field.value };
  }
  const said = reason?.value.trim() ?? '';
  return {
    ...(Object.keys(groups).length === 0 ? {} : { choice: groups }),
    ...single,
    ...(said === '' ? {} : { reason: said }),
    ...(digest === undefined ? {} : { digest }),
  };
}

async function send(): Promise<void> {
  const choice = readChoice();
  const challenge = await call(main?.dataset.challenge ?? 'challenge', choice);
  look();
  const spent = digest === undefined ? {} : { milliseconds: Math.round(lookedMilliseconds) };
  say('Your device asks for you now.');
  const assertion = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: await challenge.json() });
  await call(step, { ...choice, ...spent, assertion });
  location.reload();
}

async function sendDecline(): Promise<void> {
  await call('decline', {});
  location.reload();
}

onReadiness(() => {
  for (const button of [sign, decline]) button?.setAttribute('aria-disabled', String(isInert()));
});
sign?.addEventListener('click', (event) => decide(event, send));
decline?.addEventListener('click', (event) => decide(event, sendDecline));
// Not `change`, which a text field fires when it is left for the button: that click would be lost.
document.addEventListener('input', rest);
document.addEventListener('visibilitychange', look);
keepCalm();
