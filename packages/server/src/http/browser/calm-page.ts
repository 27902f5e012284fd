/** A click that was meant for what stood here a moment ago must not decide anything. */
const inertMilliseconds = 800;

const message = document.querySelector('#message');
const listeners: (() => void)[] = [];

let inertUntil = Number.POSITIVE_INFINITY;
let isBusy = false;

/** Makes all controls inert for a while: the layout has moved, or is new. */
export function rest(): void {
  inertUntil = performance.now() + inertMilliseconds;
  tell();
  setTimeout(tell, inertMilliseconds + 20);
}

export function isInert(): boolean {
  return isBusy || performance.now() < inertUntil;
}

/** Runs whenever the controls may have become inert, or no longer are. */
export function onReadiness(listener: () => void): void {
  listeners.push(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

export function say(text: string): void {
  if (message) message.textContent = text;
}

/** Throws what the server says to a person. */
export async function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const { title, detail }: { title?: string; detail?: string } = await response.json();
  throw new Error([title ?? 'Something went wrong here.', detail ?? ''].join(' ').trim());
}

/** Does what a person's own press asks for, one thing at a time, and says why when it fails. */
export async function decide(event: Event, send: () => Promise<void>): Promise<void> {
  if (!event.isTrusted || isInert()) return;
  isBusy = true;
  tell();
  try {
    await send();
  } catch (error) {
    isBusy = false;
    say(error instanceof Error ? error.message : String(error));
    rest();
  }
}

/** Begins to watch for what moves the layout. */
export function keepCalm(): void {
  document.addEventListener('toggle', rest, { capture: true });
  window.addEventListener('resize', rest);
  document.addEventListener('visibilitychange', rest);
  rest();
}
