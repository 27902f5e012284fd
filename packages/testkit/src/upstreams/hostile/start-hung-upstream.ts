import { type HttpUpstreamOptions, startHttpUpstream, type Upstream } from '../start-http-upstream.ts';
import { answerPlainly } from '../start-plain-upstream.ts';

export interface HungOptions extends HttpUpstreamOptions {
  /** Where it stops: before any header, or after headers that promise a stream. */
  readonly after?: 'nothing' | 'headers';
  /** The method that hangs. */
  readonly on?: string;
}

/** Takes a call and never answers; everything else is answered honestly. */
export function startHungUpstream({
  after = 'nothing',
  on = 'tools/call',
  ...options
}: HungOptions = {}): Promise<Upstream> {
  const honest = answerPlainly({});
  return startHttpUpstream((request, response, message) => {
    if (message?.method !== on) return honest(request, response, message);
    if (after === 'headers') response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  }, options);
}
