import { decide, isInert, keepCalm, onReadiness, post, say } from './calm-page.ts';

declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

const main = document.querySelector<HTMLElement>('main.approval');
const button = document.querySelector<HTMLButtonElement>('#sign');
const { path = '', step = '' } = main?.dataset ?? {};

async function sign(): Promise<void> {
  const challenge = await post(`${path}/challenge`, {});
  say('Your device asks for you now.');
  const assertion = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: await challenge.json() });
  await post(`${path}/${step}`, { assertion });
  location.reload();
}

onReadiness(() => button?.setAttribute('aria-disabled', String(isInert())));
button?.addEventListener('click', (event) => decide(event, sign));
keepCalm();
