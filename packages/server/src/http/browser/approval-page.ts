import { decide, isInert, keepCalm, onReadiness, post, say } from './calm-page.ts';

declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

const pollMilliseconds = 3_000;

const find = <T extends Element = HTMLElement>(selector: string): T | null =>
  document.querySelector<T>(selector);
const main = find('main.approval');
const deny = find<HTMLButtonElement>('#deny');
const approve = find<HTMLButtonElement>('#approve');
const stop = find<HTMLButtonElement>('#stop');
const { id = '', state = '', approved = '', expires = '0', now = '0', digest = '' } = main?.dataset ?? {};
// By the server's clock, because it decides.
const expiresAt = performance.now() + Number(expires) - Number(now);
const isOpen = state === 'requested' || state === 'approved';

let readSince = document.hidden ? null : performance.now();
let readBefore = 0;
let opened = 0;

const call = (step: string, body: object): Promise<Response> => post(`/v1/approvals/${id}/${step}`, body);

/** How long the page was really in front of somebody, and how much of it they opened. */
function measureReading(): { milliseconds: number; opened: number } {
  const current = readSince === null ? 0 : performance.now() - readSince;
  return { milliseconds: Math.round(readBefore + current), opened };
}

function findFolded(): HTMLDetailsElement | null {
  return find<HTMLDetailsElement>('section details.rest:not([open])');
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
  const reading = measureReading();
  const challenge = await call('challenge', narrower);
  say('Your device asks for you now.');
  const assertion = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: await challenge.json() });
  await call('approve', { assertion, reading, ...narrower });
  location.reload();
}

async function sendDenial(): Promise<void> {
  const said = [find<HTMLSelectElement>('#why')?.value, find<HTMLInputElement>('#reason')?.value.trim()];
  const reason = said.filter(Boolean).join(': ');
  await call('deny', { reading: measureReading(), ...(reason === '' ? {} : { reason }) });
  location.reload();
}

async function sendStop(): Promise<void> {
  const chosen = find<HTMLSelectElement>('#stop-scope')?.selectedOptions[0];
  const reason = find<HTMLInputElement>('#stop-reason')?.value.trim() ?? '';
  if (reason === '') {
    find('#stop-reason')?.focus();
    throw new Error('Say why: the record keeps it.');
  }
  const target = chosen?.dataset.target;
  await post('/v1/signals', { scope: chosen?.value, reason, ...(target === undefined ? {} : { target }) });
  say('Stopped. This request can still be denied.');
  if (stop) stop.hidden = true;
}

onReadiness(() => {
  for (const button of [deny, approve, stop]) button?.setAttribute('aria-disabled', String(isInert()));
});
deny?.addEventListener('click', (event) => decide(event, sendDenial));
stop?.addEventListener('click', (event) => decide(event, sendStop));
approve?.addEventListener('click', (event) => {
  const folded = findFolded();
  if (folded) {
    say('Some arguments are folded. Open them before you approve.');
    folded.querySelector('summary')?.focus();
    return;
  }
  decide(event, sendApproval);
});

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}

function openReasons(): void {
  const reasons = find<HTMLDetailsElement>('details.reason');
  if (reasons) reasons.open = true;
  find('#why')?.focus();
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') deny?.focus();
  if (isTyping(event.target) || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  // A key only ever moves the focus or unfolds; deciding takes a second, separate press.
  if (event.key === 'd') openReasons();
  else if (event.key === 'a') approve?.focus();
  else if (event.key === 'e') for (const folded of document.querySelectorAll('details')) folded.open = true;
  else return;
  // Or the key would be typed into, or choose from, what has the focus now.
  event.preventDefault();
});

document.addEventListener(
  'toggle',
  (event) => {
    if (event.target instanceof HTMLDetailsElement && event.target.open) opened += 1;
  },
  { capture: true },
);
document.addEventListener('visibilitychange', () => {
  if (readSince !== null) readBefore += performance.now() - readSince;
  readSince = document.hidden ? null : performance.now();
});

function countDown(): void {
  const seconds = Math.max(0, Math.ceil((expiresAt - performance.now()) / 1000));
  const left = find('#left');
  if (left) left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Every copy shows what has become of the request; what somebody is writing here is not taken from them for a vote. */
async function poll(): Promise<void> {
  if (document.hidden) return;
  const response = await fetch(`/v1/approvals/${id}`);
  if (!response.ok) return;
  const current: { state: string; approvals: number; actionDigest: string } = await response.json();
  const isSame = current.actionDigest === digest && String(current.approvals) === approved;
  if (current.state === state && isSame) return;
  const isDecidable = current.state === 'requested' || current.state === 'approved';
  if (isDecidable && isTyping(document.activeElement))
    say('Somebody else has decided meanwhile. Reload to see it.');
  else location.reload();
}

if (isOpen) {
  setInterval(countDown, 1_000);
  setInterval(
    () => poll().catch(() => say('No connection. The request still ends in time.')),
    pollMilliseconds,
  );
}
keepCalm();
deny?.focus({ preventScroll: true });
