declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

/** A click that was meant for what stood here a moment ago must not decide anything. */
const inertMilliseconds = 800;

const main = document.querySelector<HTMLElement>('main.approval');
const button = document.querySelector<HTMLButtonElement>('#sign');
const message = document.querySelector('#message');

let inertUntil = Number.POSITIVE_INFINITY;
let isBusy = false;

function rest(): void {
  inertUntil = performance.now() + inertMilliseconds;
  showReadiness();
  setTimeout(showReadiness, inertMilliseconds + 20);
}

function isInert(): boolean {
  return isBusy || performance.now() < inertUntil;
}

function showReadiness(): void {
  button?.setAttribute('aria-disabled', String(isInert()));
}

function say(text: string): void {
  if (message) message.textContent = text;
}

async function call(step: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const path = `${main?.dataset.path ?? ''}/${step}`;
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const { title, detail }: { title?: string; detail?: string } = await response.json();
  throw new Error([title ?? 'Something went wrong here.', detail ?? ''].join(' ').trim());
}

async function sign(): Promise<void> {
  const challenge = await call('challenge', {});
  say('Your device asks for you now.');
  const assertion = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: await challenge.json() });
  await call(main?.dataset.step ?? '', { assertion });
  location.reload();
}

button?.addEventListener('click', async (event) => {
  if (!event.isTrusted || isInert()) return;
  isBusy = true;
  showReadiness();
  try {
    await sign();
  } catch (error) {
    isBusy = false;
    say(error instanceof Error ? error.message : String(error));
    rest();
  }
});

document.addEventListener('toggle', rest, { capture: true });
window.addEventListener('resize', rest);
document.addEventListener('visibilitychange', rest);
rest();

export {};
