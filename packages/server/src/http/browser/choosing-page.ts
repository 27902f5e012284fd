declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

/** A click that was meant for what stood here a moment ago must not decide anything. */
const inertMilliseconds = 800;

const main = document.querySelector<HTMLElement>('main.approval');
const sign = document.querySelector<HTMLButtonElement>('#sign');
const decline = document.querySelector<HTMLButtonElement>('#decline');
const message = document.querySelector('#message');
const reason = document.querySelector<HTMLInputElement>('input#reason');
const { path = '', step = '', digest } = main?.dataset ?? {};

let inertUntil = Number.POSITIVE_INFINITY;
let isBusy = false;

/** How long the page was in front of somebody, by a clock that nobody sets. */
let lookedMilliseconds = 0;
let lookingSince: number | null = document.hidden ? null : performance.now();

function look(): void {
  const now = performance.now();
  if (lookingSince !== null) lookedMilliseconds += now - lookingSince;
  lookingSince = document.hidden ? null : now;
}

function rest(): void {
  inertUntil = performance.now() + inertMilliseconds;
  showReadiness();
  setTimeout(showReadiness, inertMilliseconds + 20);
}

function isInert(): boolean {
  return isBusy || performance.now() < inertUntil;
}

function showReadiness(): void {
  for (const button of [sign, decline]) button?.setAttribute('aria-disabled', String(isInert()));
}

function say(text: string): void {
  if (message) message.textContent = text;
}

async function call(to: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${path}/${to}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const { title, detail }: { title?: string; detail?: string } = await response.json();
  throw new Error([title ?? 'Something went wrong here.', detail ?? ''].join(' ').trim());
}

/** What is chosen, read once, so that what is asked to be signed is what is sent; by group where the page has groups. */
function readChoice(): Record<string, unknown> {
  const groups: Record<string, Record<string, string>> = {};
  const single: Record<string, unknown> = {};
  for (const field of document.querySelectorAll<HTMLSelectElement>('select[data-choice]')) {
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
}

async function decide(event: Event, act: () => Promise<unknown>): Promise<void> {
  if (!event.isTrusted || isInert()) return;
  isBusy = true;
  showReadiness();
  try {
    await act();
    location.reload();
  } catch (error) {
    isBusy = false;
    say(error instanceof Error ? error.message : String(error));
    rest();
  }
}

sign?.addEventListener('click', (event) => decide(event, send));
decline?.addEventListener('click', (event) => decide(event, () => call('decline', {})));

document.addEventListener('toggle', rest, { capture: true });
document.addEventListener('change', rest);
window.addEventListener('resize', rest);
document.addEventListener('visibilitychange', () => {
  look();
  rest();
});
rest();

export {};
