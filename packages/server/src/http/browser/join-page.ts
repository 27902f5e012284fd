declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

const form = document.querySelector<HTMLFormElement>('#join');
const name = document.querySelector<HTMLInputElement>('#name');
const button = form?.querySelector('button');
const message = document.querySelector('#message');

// A recovery takes the same way, and asks for no name.
const way = location.pathname === '/recover' ? 'recover' : 'join';
const token = location.hash.slice(1);
// Out of the address bar and the history: it opens the house to whoever reads it first.
history.replaceState(null, '', location.pathname);

async function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const { title }: { title?: string } = await response.json();
  throw new Error(title ?? 'Something went wrong here.');
}

async function join(): Promise<void> {
  const begun = await post(`/v1/people/${way}/begin`, { token });
  const response = await SimpleWebAuthnBrowser.startRegistration({ optionsJSON: await begun.json() });
  const displayName = name?.value.trim() ?? '';
  await post(`/v1/people/${way}/finish`, { token, response, ...(displayName === '' ? {} : { displayName }) });
  location.replace('/');
}

if (token === '' && message) message.textContent = 'This link is not complete. Copy all of it.';

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (button) button.disabled = true;
  try {
    await join();
  } catch (error) {
    if (message) message.textContent = error instanceof Error ? error.message : String(error);
    if (button) button.disabled = false;
  }
});

export {};
