import { type HttpUpstreamOptions, startHttpUpstream, type Upstream } from '../start-http-upstream.ts';
import { answerPlainly } from '../start-plain-upstream.ts';

export interface DrippingOptions extends HttpUpstreamOptions {
  readonly intervalMilliseconds?: number;
  /** Drip the answer itself, or comments of an event stream that never gets to an answer. */
  readonly what?: 'body' | 'comments';
}

/** Keeps a connection busy with one byte at a time, for ever: silence never lasts long enough to be noticed. */
export function startDrippingUpstream({
  intervalMilliseconds = 50,
  what = 'body',
  ...options
}: DrippingOptions = {}): Promise<Upstream> {
  const honest = answerPlainly({});
  return startHttpUpstream((request, response, message) => {
    if (message?.method !== 'tools/call') return honest(request, response, message);
    const comments = what === 'comments';
    response.writeHead(200, { 'content-type': comments ? 'text/event-stream' : 'application/json' });
    response.flushHeaders();
    const timer = setInterval(() => response.write(comments ? ':\n' : ' '), intervalMilliseconds);
    response.on('close', () => clearInterval(timer));
  }, options);
}
