declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

const main = document.querySelector<HTMLElement>('main');
const message = document.querySelector('#message');
const turnOn = document.querySelector<HTMLButtonElement>('#turn-on');
const test = document.querySelector<HTMLButtonElement>('#test');
const device = document.querySelector<HTMLInputElement>('#device');
const channel = main?.dataset.channel ?? '';

/** The policy of this page lets only what goes through a policy of ours become a script. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(text: string): string },
  ): {
    createScriptURL(text: string): string;
  };
}

function say(text: string): void {
  if (message) message.textContent = text;
}

class Refusal extends Error {
  readonly code: string;
  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

async function call(method: string, path: string, body?: unknown): Promise<Response> {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (response.ok) return response;
  const { title, detail, code }: { title?: string; detail?: string; code?: string } = await response.json();
  throw new Refusal(code ?? '', [title ?? 'Something went wrong here.', detail ?? ''].join(' ').trim());
}

/** A device reads along from then on: it takes a passkey when none was used lately, and is then sent once more. */
async function callFreshly(method: string, path: string, body: object): Promise<Response> {
  try {
    return await call(method, path, body);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'person.passkey_needed') throw error;
    const optionsJSON = await (await call('POST', '/v1/people/me/verify/begin', {})).json();
    // Without any of theirs, the browser would offer every passkey it knows.
    if ((optionsJSON.allowCredentials ?? []).length === 0) throw error;
    const answer = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON });
    await call('POST', '/v1/people/me/verify/finish', answer);
    return call(method, path, body);
  }
}

async function startWorker(): Promise<ServiceWorkerRegistration> {
  const { trustedTypes }: { trustedTypes?: TrustedTypes } = globalThis as object;
  const rules = { createScriptURL: () => '/push-worker.js' };
  const url = (trustedTypes?.createPolicy('push-worker', rules) ?? rules).createScriptURL('');
  await navigator.serviceWorker.register(url, { scope: '/phone' });
  return navigator.serviceWorker.ready;
}

async function addThisDevice(): Promise<void> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window))
    throw new Error('This browser has no web push. On an iPhone, add the page to the home screen first.');
  const { key }: { key: string } = await (await call('GET', '/v1/approvals/devices')).json();
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('The browser does not let this page notify you.');
  const worker = await startWorker();
  const held = await worker.pushManager.getSubscription();
  await held?.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  await callFreshly('POST', '/v1/approvals/devices', {
    endpoint,
    keys,
    device: device?.value.trim() || 'Browser',
  });
  location.reload();
}

async function run(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

turnOn?.addEventListener('click', () => run(addThisDevice));
test?.addEventListener('click', () =>
  run(async () => {
    await call('POST', `/v1/approvals/channels/${channel}/test`, {});
    say('A test is on its way to your devices.');
  }),
);
document.querySelector('#devices')?.addEventListener('click', (event) =>
  run(async () => {
    const id = event.target instanceof HTMLElement ? event.target.dataset.remove : undefined;
    if (id === undefined) return;
    await call('DELETE', `/v1/approvals/devices/${id}`);
    location.reload();
  }),
);

export {};
