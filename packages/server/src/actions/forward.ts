// Guarantees: exactly the decided message went out, once, under time and size limits, and was cut if a stop came.
import { toAppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { UpstreamReply } from '../upstreams/index.ts';
import { inspectMessage } from './inspect-result.ts';
import { listVisibleTools } from './list-visible-tools.ts';
import type { Armed, Forwarded } from './stages.ts';

const defaultTimeoutSeconds = 60;
const defaultMaxResultBytes = 8 * 1024 * 1024;

export async function forward(context: Context, armed: Armed): Promise<Forwarded> {
  const sentAt = context.platform.now();
  const reply =
    armed.message.method === 'tools/list' ? listVisibleTools(context, armed) : await send(armed, sentAt);
  return { ...armed, reply, sentAt } as Forwarded;
}

function send(armed: Armed, sentAt: number): Promise<UpstreamReply> {
  const { settings, connection } = armed.target;
  const { signal } = armed.admission;
  cutOnHangUp(armed);
  if (signal.aborted) throw signal.reason;
  const untilEnd = armed.task.expiresAt - sentAt;
  // A subscription lives as long as its task; everything else has the upstream's deadline.
  const patience = (settings.timeoutSeconds ?? defaultTimeoutSeconds) * 1000;
  return connection.send({
    message: armed.message.outgoing,
    headers: armed.headers,
    environment: armed.environment,
    secretKey: armed.secretKey,
    principal: armed.agent.id,
    signal,
    timeoutMilliseconds: armed.message.operation === 'subscribe' ? untilEnd : Math.min(patience, untilEnd),
    maxBytes: settings.maxResultBytes ?? defaultMaxResultBytes,
    onMessage(message) {
      const seen = inspectMessage(armed, message);
      if (seen !== null) armed.emit(seen);
    },
  });
}

/** Not `AbortSignal.any`, which keeps weak references and finalizers for every call. */
function cutOnHangUp({ admission, hungUp }: Armed): void {
  const cut = (): unknown => admission.cut(toAppError(hungUp.reason));
  if (hungUp.aborted) cut();
  else hungUp.addEventListener('abort', cut, { once: true });
}
