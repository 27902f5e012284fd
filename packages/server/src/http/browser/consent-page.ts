import { decide, isInert, keepCalm, onReadiness, post, rest, say } from './calm-page.ts';

declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

const main = document.querySelector<HTMLElement>('main.approval');
const deny = document.querySelector<HTMLButtonElement>('#deny');
const allow = document.querySelector<HTMLButtonElement>('#allow');
const restart = document.querySelector<HTMLButtonElement>('#restart');
const choices = document.querySelector<HTMLFormElement>('#choices');
const { id = '', again = '' } = main?.dataset ?? {};

/** The choices differ from what is written above and would be signed. */
let isChanged = false;

onReadiness(() => {
  for (const button of [deny, restart]) button?.setAttribute('aria-disabled', String(isInert()));
  allow?.setAttribute('aria-disabled', String(isInert() || isChanged));
});

const call = (step: string, body: unknown): Promise<Response> =>
  post(`/v1/tokens/consents/${id}/${step}`, body);

async function leave(response: Response): Promise<void> {
  const { location: target }: { location: string } = await response.json();
  say('Going back to the application.');
  location.replace(target);
}

async function sendConsent(): Promise<void> {
  const challenge = await call('challenge', { digest: main?.dataset.digest });
  say('Your device asks for you now.');
  const assertion = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: await challenge.json() });
  await leave(await call('grant', { assertion }));
}

function readNumber(name: string): number | null {
  const field = choices?.elements.namedItem(name);
  const text = field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : '';
  return text.trim() === '' ? null : Number(text);
}

function readText(name: string): string | null {
  const field = choices?.elements.namedItem(name);
  const text = field instanceof HTMLInputElement ? field.value.trim().toUpperCase() : '';
  return text === '' ? null : text;
}

async function sendChoices(): Promise<void> {
  const ticked = choices?.querySelectorAll<HTMLInputElement>('input[name=tool]:checked') ?? [];
  const contents = choices?.querySelector<HTMLInputElement>('input[name=contents]');
  await call('choices', {
    tools: [...ticked].map((box) => box.value),
    contents: contents?.checked ?? false,
    seconds: readNumber('seconds'),
    calls: readNumber('calls'),
    spendMinor: readNumber('spend'),
    currency: readText('currency'),
  });
  location.reload();
}

deny?.addEventListener('click', (event) => decide(event, async () => leave(await call('deny', {}))));
allow?.addEventListener('click', (event) => {
  if (isChanged) {
    say('Apply your changes first: only what is written above can be signed.');
    choices?.querySelector('button')?.focus();
    return;
  }
  decide(event, sendConsent);
});
restart?.addEventListener('click', (event) =>
  decide(event, async () => {
    await call('replace', {});
    location.replace(again);
  }),
);
choices?.addEventListener('input', () => {
  isChanged = true;
  rest();
});
choices?.addEventListener('submit', (event) => {
  event.preventDefault();
  decide(event, sendChoices);
});

keepCalm();
deny?.focus({ preventScroll: true });
