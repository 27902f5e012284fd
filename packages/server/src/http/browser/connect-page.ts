const main = document.querySelector('main');
const button = document.querySelector<HTMLButtonElement>('#connect');
const message = document.querySelector('#message');

async function begin(): Promise<void> {
  const response = await fetch(main?.dataset.begin ?? '', { method: 'POST' });
  const answer: { url?: string; title?: string; detail?: string } = await response.json();
  if (!response.ok || answer.url === undefined)
    throw new Error([answer.title, answer.detail].filter(Boolean).join(' ') || 'Something went wrong here.');
  location.assign(answer.url);
}

button?.addEventListener('click', async () => {
  button.disabled = true;
  try {
    await begin();
  } catch (error) {
    if (message) message.textContent = error instanceof Error ? error.message : String(error);
    button.disabled = false;
  }
});

export {};
