import { Problem } from './problem.ts';
import { type Query, withQuery } from './request.ts';

/** Saves what the control plane answers in another format as a file. Throws `Problem`, or what `fetch` throws. */
export async function download(path: string, query: Query, accept: string, name: string): Promise<void> {
  const response = await fetch(withQuery(path, query), {
    ...{ credentials: 'same-origin', redirect: 'error', headers: { accept } },
  });
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => undefined));
  const url = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The browser reads it after this turn.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
