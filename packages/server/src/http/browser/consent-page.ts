declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

/** A click that was meant for what stood here a moment ago must not decide anything. */
const inertMilliseconds = 800;

const main = document.querySelector<HTMLElement>('main.approval');
const deny = document.querySelector<HTMLButtonElement>('#deny');
const allow = document.querySelector<HTMLButtonElement>('#allow');
const restart = document.querySelector<HTMLButtonElement>('#restart');
const choices = document.querySelector<HTMLFormElement>('#choices');
const message = document.querySelector('#message');
const { id = '', again = '' } = main?.dataset ?? {};

let inertUntil = Number.POSITIVE_INFINITY;
let isBusy = false;
/** The choices differ from what is written above and would be signed. */
let isChanged = false;

function rest(): void {
  inertUntil = performance.now() + inertMilliseconds;
  showReadiness();
  setTimeout(showReadiness, inertMilliseconds + 20);
}

function isInert(): boolean {
  return isBusy || performance.now() < inertUntil;
}

function showReadiness(): void {
  for (const button of [deny, restart]) button?.setAttribute('aria-disabled', String(isInert()));
  allow?.setAttribute('aria-disabled', String(isInert() || isChanged));
}

function say(text: string): void {
  if (message) message.textContent = text;
}

async function call(step: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const path = `/v1/tokens/consents/${id}/${step}`;
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const { title, detail }: { title?: string; detail?: string } = await response.json();
  throw new Error([title ?? 'Something went wrong here.', detail ?? ''].join(' ').trim());
}

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

async function decide(event: Event, send: () => Promise<void>): Promise<void> {
  if (!event.isTrusted || isInert()) return;
  isBusy = true;
  showReadiness();
  try {
    await send();
  } catch (error) {
    isBusy = false;
    say(error instanceof Error ? error.message : String(error));
    rest();
  }
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

document.addEventListener('toggle', rest, { capture: true });
window.addEventListener('resize', rest);
document.addEventListener('visibilitychange', rest);
rest();
deny?.focus({ preventScroll: true });

export {};
