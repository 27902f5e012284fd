import { AppError } from '@countersign/api';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import type { Context } from '../../context.ts';
import { type HttpEnv, requestActor } from '../../http/index.ts';
import { requirePermission } from '../../people/index.ts';
import type { Pause } from '../../tasks/index.ts';
import type { Approval } from '../approval-state.ts';
import { showDrill } from '../checks/index.ts';
import { isVisibleTo } from '../require-visible.ts';

const mostStreams = 200;
const mostWaiting = 100;
const heartbeatMilliseconds = 20_000;
/** Then the browser comes again by itself, with a session that is checked again. */
const longestMilliseconds = 5 * 60_000;

/**
 * GET /stream: the id and state of every approval that changes, and of every task that is paused or resumed, and of every
 * card in one's own inbox. What changed is read with the usual permission.
 */
export function mountStream(app: OpenAPIHono<HttpEnv>, context: Context): void {
  let streams = 0;
  app.get('/stream', (c) => {
    const actor = requestActor(c);
    requirePermission(actor, 'approvals.read');
    if (streams >= mostStreams) throw new AppError('server.overloaded');
    streams += 1;
    return streamSSE(c, async (stream) => {
      const waiting: News[] = [];
      let wake = (): void => {};
      const tell = (news: News): void => {
        // A reader that cannot keep up loses the oldest news; it lists again after reconnecting.
        if (waiting.length >= mostWaiting) waiting.shift();
        waiting.push(news);
        wake();
      };
      const stops = [
        context.approvals.onAnyChange((approval) => {
          if (isVisibleTo(actor, approval)) tell(describeApproval(approval));
        }),
        context.notices.onInbox((personId, id) => {
          if (actor.kind === 'person' && actor.person === personId)
            tell({ event: 'notice', id, data: JSON.stringify({ id }) });
        }),
        context.cascades.onChange((pause, state) => tell(describePause(pause, state))),
      ];
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
          await stream.writeSSE(news);
        }
      } finally {
        for (const stop of stops) stop();
        streams -= 1;
      }
    });
  });
}

interface News {
  readonly event: 'approval' | 'notice' | 'task';
  readonly id: string;
  readonly data: string;
}

function describeApproval(approval: Approval): News {
  const { id, state, agentId, requestedAt, expiresAt } = approval;
  const drill = showDrill(approval);
  const data = JSON.stringify({ id, state, agentId, requestedAt, expiresAt, drill });
  return { event: 'approval', id, data };
}

function describePause({ task: id, agent: agentId, cause, at }: Pause, state: string): News {
  return { event: 'task', id, data: JSON.stringify({ id, state, agentId, cause, at }) };
}
