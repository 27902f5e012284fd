import { decide, isInert, keepCalm, onReadiness, post, say } from './calm-page.ts';

declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

interface Answer {
  readonly decided: readonly { readonly id: string }[];
  readonly leftOut: readonly { readonly id: string; readonly code: string }[];
}

const main = document.querySelector<HTMLElement>('main[data-group]');
const deny = document.querySelector<HTMLButtonElement>('#deny');
const approve = document.querySelector<HTMLButtonElement>('#approve');
const boxes = [...document.querySelectorAll<HTMLInputElement>('input[data-member]')];
const path = `/v1/approvals/groups/${main?.dataset.group ?? ''}`;

function listChosen() {
  return boxes
    .filter((box) => box.checked)
    .map(({ dataset }) => ({ id: dataset.member, actionDigest: dataset.digest }));
}

/** What was left out is named before the page goes on. */
async function finish(response: Response): Promise<void> {
  const { decided, leftOut }: Answer = await response.json();
  if (leftOut.length === 0) {
    location.assign('/approvals');
    return;
  }
  const names = leftOut.map(({ id, code }) => `${id} (${code})`).join(', ');
  throw new Error(`${decided.length} decided. Left out, because they changed or are over: ${names}`);
}

async function sendApproval(): Promise<void> {
  const members = listChosen();
  if (members.length === 0) throw new Error('Tick what you approve.');
  const folded = boxes
    .filter((box) => box.checked)
    .map((box) => box.closest('section')?.querySelector<HTMLDetailsElement>('details.rest:not([open])'))
    .find((one) => one !== null && one !== undefined);
  if (folded) {
    folded.querySelector('summary')?.focus();
    throw new Error('Some arguments are folded. Open them before you approve.');
  }
  const challenge = await post(`${path}/challenge`, { members });
  say('Your device asks for you now.');
  const assertion = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: await challenge.json() });
  await finish(await post(`${path}/approve`, { members, assertion }));
}

async function sendDenial(): Promise<void> {
  const said = document.querySelector<HTMLInputElement>('#reason')?.value.trim() ?? '';
  const members = JSON.parse(deny?.dataset.all ?? '[]');
  await finish(await post(`${path}/deny`, { members, ...(said === '' ? {} : { reason: said }) }));
}

function showCount(): void {
  const count = document.querySelector('#count');
  if (count) count.textContent = String(listChosen().length);
}

onReadiness(() => {
  for (const button of [deny, approve]) button?.setAttribute('aria-disabled', String(isInert()));
});
for (const box of boxes) box.addEventListener('change', showCount);
deny?.addEventListener('click', (event) => decide(event, sendDenial));
approve?.addEventListener('click', (event) => decide(event, sendApproval));
showCount();
keepCalm();
deny?.focus({ preventScroll: true });
