import type { FetchFunction } from '@slack/web-api';
import { postBounded } from '../../../outbound/post-bounded.ts';

const mostBytes = 524_288;

/** `fetch` for Slack's client that follows nowhere, waits no longer than the delivery and reads no more than half a megabyte. */
export function createSlackFetch(signal: AbortSignal, isHere: boolean): FetchFunction {
  return async (url, init = {}) => {
    if (typeof init.body !== 'string') throw new TypeError('only text is sent to Slack');
    const answer = await postBounded({
      url: new URL(url),
      headers: init.headers ?? {},
      body: init.body,
      allowPrivate: isHere,
      signal,
      maxBytes: mostBytes,
    });
    const headers: Record<string, string> = { 'content-type': answer.contentType };
    if (answer.retryAfterMilliseconds !== undefined)
      headers['retry-after'] = String(Math.ceil(answer.retryAfterMilliseconds / 1000));
    const isRedirect = answer.status >= 300 && answer.status < 400;
    if (isRedirect || answer.status < 200) throw new TypeError(`the answer was ${answer.status}`);
    const hasBody = ![204, 205].includes(answer.status);
    return new Response(hasBody ? answer.text : null, { status: answer.status, headers });
  };
}
