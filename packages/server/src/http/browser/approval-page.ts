declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

/** A click that was meant for what stood here a moment ago must not decide anything. */
const inertMilliseconds = 800;
const pollMilliseconds = 3_000;

const main = document.querySelector<HTMLElement>('main.approval');
const deny = document.querySelector<HTMLButtonElement>('#deny');
const approve = document.querySelector<HTMLButtonElement>('#approve');
const reason = document.querySelector<HTMLInputElement>('#reason');
const message = document.querySelector('#message');
const left = document.querySelector('#left');
const { id = '', state = '', approved = '', expires = '0', now = '0', digest = '' } = main?.dataset ?? {};
// By the server's clock, because it decides.
const expiresAt = performance.now() + Number(expires) - Number(now);

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
  for (const button of [deny, approve]) button?.setAttribute('aria-disabled', String(isInert()));
}

function say(text: string): void {
  if (message) message.textContent = text;
}

async function call(step: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const path = `/v1/approvals/${id}/${step}`;
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const { title }: { title?: string } = await response.json();
  throw new Error(title ?? 'Something went wrong here.');
}

function findFolded(): HTMLDetailsElement | null {
  return document.querySelector<HTMLDetailsElement>('section details.rest:not([open])');
}

/** What the person gives less of, read once, so that what is asked to be signed is what is sent; nothing when all is left as asked. */
function readNarrower(): { limits?: Record<string, unknown> } {
  const limits: Record<string, unknown> = {};
  for (const field of document.querySelectorAll<HTMLElement>('.narrow [data-limit]')) {
    const name = field.dataset.limit ?? '';
    if (field instanceof HTMLFieldSetElement) {
      const boxes = [...field.querySelectorAll<HTMLInputElement>('input')];
      const kept = boxes.filter((box) => box.checked);
      if (kept.length < boxes.length) limits[name] = kept.map((box) => box.value);
    } else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) {
      const isAsAsked = field instanceof HTMLInputElement && field.value === field.defaultValue;
      if (field.value !== '' && !isAsAsked) limits[name] = Number(field.value);
    }
  }
  return Object.keys(limits).length === 0 ? {} : { limits };
}

/** What of a plan the person leaves out, and the very text that the page shows. */
function readTighter(): { shown: string; tighter?: Record<string, unknown> } {
  const tighter: Record<string, unknown> = {};
  const entries = [...document.querySelectorAll<HTMLInputElement>('input[data-entry]')];
  const drop = entries.filter((box) => !box.checked).map((box) => box.dataset.entry);
  if (drop.length > 0) tighter.drop = drop;
  for (const field of document.querySelectorAll<HTMLElement>('[data-plan]')) {
    const name = field.dataset.plan ?? '';
    if (field instanceof HTMLInputElement && field.checked) tighter[name] = true;
    if (field instanceof HTMLSelectElement && field.value !== '') tighter[name] = Number(field.value);
  }
  return { shown: digest, ...(Object.keys(tighter).length === 0 ? {} : { tighter }) };
}

async function sendApproval(): Promise<void> {
  const narrower = { ...readNarrower(), ...readTighter() };
  const challenge = await call('challenge', narrower);
  say('Your device asks for you now.');
  const assertion = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: await challenge.json() });
  await call('approve', { assertion, ...narrower });
}

async function sendDenial(): Promise<void> {
  const said = reason?.value.trim() ?? '';
  await call('deny', said === '' ? {} : { reason: said });
}

async function decide(event: Event, send: () => Promise<void>): Promise<void> {
  if (!event.isTrusted || isInert()) return;
  isBusy = true;
  showReadiness();
  try {
    await send();
    location.reload();
  } catch (error) {
    isBusy = false;
    say(error instanceof Error ? error.message : String(error));
    rest();
  }
}

deny?.addEventListener('click', (event) => decide(event, sendDenial));
approve?.addEventListener('click', (event) => {
  const folded = findFolded();
  if (folded) {
    say('Some arguments are folded. Open them before you approve.');
    folded.querySelector('summary')?.focus();
    return;
  }
  decide(event, sendApproval);
});

document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (isTyping || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  // A key only ever moves the focus or unfolds; deciding takes a second, separate press.
  if (event.key === 'd') deny?.focus();
  if (event.key === 'a') approve?.focus();
  if (event.key === 'e') for (const folded of document.querySelectorAll('details')) folded.open = true;
});

document.addEventListener('toggle', rest, { capture: true });
window.addEventListener('resize', rest);
document.addEventListener('visibilitychange', rest);

function countDown(): void {
  const seconds = Math.max(0, Math.ceil((expiresAt - performance.now()) / 1000));
  if (left) left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

async function poll(): Promise<void> {
  if (isBusy || document.hidden) return;
  const response = await fetch(`/v1/approvals/${id}`);
  if (!response.ok || isBusy) return;
  const current: { state: string; approvals: number; actionDigest: string } = await response.json();
  const isSame = current.actionDigest === digest && String(current.approvals) === approved;
  if (current.state !== state || !isSame) location.reload();
}

if (state === 'requested' || state === 'approved') {
  setInterval(countDown, 1_000);
  setInterval(
    () => poll().catch(() => say('No connection. The request still ends in time.')),
    pollMilliseconds,
  );
}
rest();
deny?.focus({ preventScroll: true });

export {};
