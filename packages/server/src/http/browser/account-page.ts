declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

const message = document.querySelector('#message');
const linkBox = document.querySelector<HTMLElement>('#link');

class Refusal extends Error {
  readonly code: string;
  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

async function post(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const { title, code }: { title?: string; code?: string } = await response.json();
  throw new Refusal(code ?? '', title ?? 'Something went wrong here.');
}

/** What changes authority asks for a passkey when none was used lately, and is then sent once more. */
async function postFreshly(path: string, body: object): Promise<Response> {
  try {
    return await post(path, body);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'person.passkey_needed') throw error;
    const optionsJSON = await (await post('/v1/people/me/verify/begin', {})).json();
    // Without any of theirs, the browser would offer every passkey it knows.
    if ((optionsJSON.allowCredentials ?? []).length === 0) throw error;
    const answer = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON });
    await post('/v1/people/me/verify/finish', answer);
    return post(path, body);
  }
}

async function addPasskey(): Promise<void> {
  const optionsJSON = await (await postFreshly('/v1/people/me/passkeys/begin', {})).json();
  const response = await SimpleWebAuthnBrowser.startRegistration({ optionsJSON });
  await postFreshly('/v1/people/me/passkeys/finish', { response });
}

async function run(work: () => Promise<unknown>): Promise<void> {
  const buttons = document.querySelectorAll('button');
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await work();
    // Shown once: a reload would lose it.
    if (typeof answer === 'string' && linkBox !== null) {
      linkBox.textContent = answer;
      linkBox.focus();
    } else location.reload();
  } catch (error) {
    if (message) message.textContent = error instanceof Error ? error.message : String(error);
  }
  for (const button of buttons) button.disabled = false;
}

async function send(path: string, body: object): Promise<string | undefined> {
  const response = await postFreshly(path, body);
  if (response.status === 204) return undefined;
  const { link }: { link?: string } = await response.json();
  return link;
}

document.querySelector('#add')?.addEventListener('click', () => run(addPasskey));
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-post]')) {
  button.addEventListener('click', () => run(() => send(button.dataset.post ?? '', {})));
}
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-post]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const body = Object.fromEntries(new FormData(form));
    run(() => send(form.dataset.post ?? '', body));
  });
}

export {};
