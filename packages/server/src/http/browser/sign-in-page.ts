declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

const main = document.querySelector('main');
const button = document.querySelector<HTMLButtonElement>('#sign-in');
const message = document.querySelector('#message');

async function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const { title }: { title?: string } = await response.json();
  throw new Error(title ?? 'Something went wrong here.');
}

async function signIn(): Promise<void> {
  const begun = await post('/v1/people/sign-in/begin', {});
  const answer = await SimpleWebAuthnBrowser.startAuthentication({ optionsJSON: await begun.json() });
  await post('/v1/people/sign-in/finish', answer);
  location.replace(main?.dataset.return ?? '/');
}

button?.addEventListener('click', async () => {
  button.disabled = true;
  try {
    await signIn();
  } catch (error) {
    if (message) message.textContent = error instanceof Error ? error.message : String(error);
    button.disabled = false;
  }
});

export {};
