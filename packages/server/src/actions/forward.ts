// Guarantees: exactly the decided message went out, once, under time and size limits, and was cut if a stop came.
import { AppError, toAppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { FilledSettings, UpstreamReply } from '../upstreams/index.ts';
import { inspectMessage } from './inspect-result.ts';
import { listVisibleTools } from './list-visible-tools.ts';
import type { Armed, Forwarded } from './stages.ts';

const defaultTimeoutSeconds = 60;
const defaultMaxResultBytes = 8 * 1024 * 1024;

export async function forward(context: Context, armed: Armed): Promise<Forwarded> {
  const sentAt = context.platform.now();
  return { ...armed, reply: await getReply(context, armed), sentAt } as Forwarded;
}

async function getReply(context: Context, armed: Armed): Promise<UpstreamReply> {
  const { method, answerHere } = armed.message;
  if (answerHere !== undefined) return { response: answerHere(), raw: null };
  return method === 'tools/list' ? listVisibleTools(context, armed) : send(context, armed);
}

async function send(context: Context, armed: Armed): Promise<UpstreamReply> {
  cutOnHangUp(armed);
  try {
    return await sendWith(armed, armed, context.platform.now());
  } catch (thrown) {
    const { fallback } = armed;
    // Only what was refused before acting may go out again, and only once.
    const mayRepeat = thrown instanceof AppError && thrown.code === 'upstream.credential_refused';
    if (fallback === null || !mayRepeat) throw thrown;
    await recordFallback(context, armed, fallback);
    return sendWith(armed, fallback, context.platform.now());
  }
}

function sendWith(armed: Armed, filled: FilledSettings, sentAt: number): Promise<UpstreamReply> {
  const { settings, connection } = armed.target;
  const { signal } = armed.admission;
  if (signal.aborted) throw signal.reason;
  const untilEnd = armed.task.expiresAt - sentAt;
  // A subscription lives as long as its task; everything else has the upstream's deadline.
  const patience = (settings.timeoutSeconds ?? defaultTimeoutSeconds) * 1000;
  return connection.send({
    message: armed.message.outgoing,
    headers: filled.headers,
    environment: filled.environment,
    secretKey: filled.secretKey,
    principal: armed.agent.id,
    ...(armed.message.session && { session: armed.message.session }),
    signal,
    timeoutMilliseconds: armed.message.operation === 'subscribe' ? untilEnd : Math.min(patience, untilEnd),
    maxBytes: settings.maxResultBytes ?? defaultMaxResultBytes,
    onMessage(message) {
      const seen = inspectMessage(armed, message);
      if (seen !== null) armed.emit(seen);
    },
  });
}

/** Durable before the request goes out again, so that a second sending is never without its reason. */
async function recordFallback(context: Context, armed: Armed, fallback: FilledSettings): Promise<void> {
  const refused = { action: armed.id, upstream: armed.upstream };
  context.log.warn(refused, 'an upstream refused a rotated credential; the one before is used');
  await context.store.append([
    {
      ...armed.intent,
      id: context.platform.newId('rec'),
      kind: 'secret.fell_back',
      at: context.platform.now(),
      causes: [armed.intent.id, armed.decisionRecord],
      body: { refused: armed.secretKey, used: fallback.secretKey },
    },
  ]);
}

/** Not `AbortSignal.any`, which keeps weak references and finalizers for every call. */
function cutOnHangUp({ admission, hungUp }: Armed): void {
  const cut = (): unknown => admission.cut(toAppError(hungUp.reason));
  if (hungUp.aborted) cut();
  else hungUp.addEventListener('abort', cut, { once: true });
}
