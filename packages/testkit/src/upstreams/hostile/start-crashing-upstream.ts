import { type HttpUpstreamOptions, startHttpUpstream, type Upstream } from '../start-http-upstream.ts';
import { answerPlainly } from '../start-plain-upstream.ts';

export interface CrashingOptions extends HttpUpstreamOptions {
  /** How much of the answer is sent before the connection is torn down. */
  readonly after?: 'nothing' | 'half a body' | 'one event';
}

const HALF = '{"jsonrpc":"2.0","id":';
const EVENT =
  'data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"so far"}}\n\n';

/** Takes a call and dies over it; the call did arrive. */
export function startCrashingUpstream({
  after = 'nothing',
  ...options
}: CrashingOptions = {}): Promise<Upstream> {
  const honest = answerPlainly({});
  return startHttpUpstream((request, response, message) => {
    if (message?.method !== 'tools/call') return honest(request, response, message);
    if (after === 'nothing') return void request.socket.destroy();
    const stream = after === 'one event';
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
    response.write(stream ? EVENT : HALF, () => request.socket.destroy());
  }, options);
}
