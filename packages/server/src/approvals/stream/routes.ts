import { AppError } from '@countersign/api';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import type { Context } from '../../context.ts';
import { type HttpEnv, requestActor } from '../../http/index.ts';
import { requirePermission } from '../../people/index.ts';
import type { Approval } from '../approval-state.ts';

const mostStreams = 200;
const mostWaiting = 100;
const heartbeatMilliseconds = 20_000;
/** Then the browser comes again by itself, with a session that is checked again. */
const longestMilliseconds = 5 * 60_000;

/** GET /stream: the id and state of every approval that changes. What changed is read with the usual permission. */
export function mountStream(app: OpenAPIHono<HttpEnv>, context: Context): void {
  let streams = 0;
  app.get('/stream', (c) => {
    requirePermission(requestActor(c), 'approvals.read');
    if (streams >= mostStreams) throw new AppError('server.overloaded');
    streams += 1;
    return streamSSE(c, async (stream) => {
      const waiting: Approval[] = [];
      let wake = (): void => {};
      const stop = context.approvals.onAnyChange((approval) => {
        // A reader that cannot keep up loses the oldest news; it lists again after reconnecting.
        if (waiting.length >= mostWaiting) waiting.shift();
        waiting.push(approval);
        wake();
      });
      stream.onAbort(() => wake());
      const endsAt = context.platform.now() + longestMilliseconds;
      try {
        while (!stream.aborted && context.platform.now() < endsAt) {
          const news = waiting.shift();
          if (news === undefined) {
            await stream.writeSSE({ event: 'heartbeat', data: '' });
            if (waiting.length > 0 || stream.aborted) continue;
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, heartbeatMilliseconds);
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
            continue;
          }
          const { id, state, agentId, requestedAt, expiresAt, drill } = news;
          await stream.writeSSE({
            event: 'approval',
            id,
            data: JSON.stringify({ id, state, agentId, requestedAt, expiresAt, drill }),
          });
        }
      } finally {
        stop();
        streams -= 1;
      }
    });
  });
}
