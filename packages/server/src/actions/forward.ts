// Guarantees: exactly the decided message went out, once, under time and size limits, and was cut if a stop came.
import { AppError, toAppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Context } from '../context.ts';
import {
  defaultMaxResultBytes,
  type FilledSettings,
  modernRevision,
  UpstreamChallenge,
  type UpstreamReply,
} from '../upstreams/index.ts';
import { listReachable } from './decide-for-every.ts';
import { armWith, untilCut } from './inject-secret.ts';
import { inspectExchange, inspectMessage } from './inspect-result.ts';
import { listVisibleTools } from './list-visible-tools.ts';
import { admitInterim } from './measure-result.ts';
import type { Armed, Forwarded } from './stages.ts';

const defaultTimeoutSeconds = 60;
/** Where a peer agent of this house finds what it may exchange. */
const taskHeader = 'countersign-task';

export async function forward(context: Context, armed: Armed): Promise<Forwarded> {
  const sentAt = context.platform.now();
  return { ...(await getReply(context, armed)), sentAt } as Forwarded;
}

type Answered = Armed & { readonly reply: UpstreamReply };

async function getReply(context: Context, armed: Armed): Promise<Answered> {
  const { method, outgoing, answerHere } = armed.message;
  if (answerHere !== undefined) {
    const response = await answerHere(() => findReach(context, armed));
    return { ...armed, reply: { response, raw: null } };
  }
  if (outgoing.method === 'server/discover' && isUnconnected(armed))
    return { ...armed, reply: { response: describeUnconnected(armed), raw: null } };
  return method === 'tools/list'
    ? { ...armed, reply: await listVisibleTools(context, armed) }
    : send(context, armed);
}

/** An HTTP API has tools and nothing else. */
async function findReach(context: Context, armed: Armed): Promise<readonly string[]> {
  const reached = await listReachable(context, armed);
  return reached.filter(({ kind }) => kind !== 'http' && kind !== 'model').map(({ name }) => name);
}

function isUnconnected({ target, credential }: Armed): boolean {
  return target.settings.credential !== undefined && credential.minted === undefined;
}

/** What is known here of an upstream that cannot be asked in the name of a person who has not connected. */
function describeUnconnected({ message }: Armed): JsonObject {
  const result = {
    resultType: 'complete',
    supportedVersions: [modernRevision],
    capabilities: { tools: {} },
    ttlMs: 0,
    cacheScope: 'private',
  };
  return { jsonrpc: '2.0', id: message.outgoing.id ?? null, result };
}

async function send(context: Context, armed: Armed): Promise<Answered> {
  cutOnHangUp(armed);
  try {
    return { ...armed, reply: await sendOnce(context, armed) };
  } catch (thrown) {
    // Only what was refused before acting may go out again, and only once.
    if (!(thrown instanceof AppError) || thrown.code !== 'upstream.credential_refused') throw thrown;
    // A body that was passed on as it came has gone.
    if (armed.message.exchange?.upload?.isHere === false) throw thrown;
    const again = await armAgain(context, armed, thrown);
    if (again === null) throw thrown;
    return { ...again, reply: await sendOnce(context, again) };
  }
}

/** With the value before a rotation, or with a credential that was got anew. */
async function armAgain(context: Context, armed: Armed, refusal: AppError): Promise<Armed | null> {
  const { fallback } = armed;
  if (fallback !== null) {
    await recordFallback(context, armed, fallback);
    return { ...armed, ...fallback };
  }
  const challenge = refusal.cause instanceof UpstreamChallenge ? refusal.cause : undefined;
  const renewed = await untilCut(armed.admission.signal, armed.renew(challenge));
  return renewed === null ? null : armWith(armed, renewed);
}

async function sendOnce(context: Context, armed: Armed): Promise<UpstreamReply> {
  const { credential, admission } = armed;
  // A person who disconnects ends what goes on in their name, too.
  const unfollow = context.credentials.follow(credential, (reason) => admission.cut(reason));
  try {
    return await transmit(armed, context.platform.now);
  } finally {
    unfollow();
  }
}

function transmit(armed: Armed, now: () => number): Promise<UpstreamReply> {
  const sentAt = now();
  const { settings, connection } = armed.target;
  const { signal } = armed.admission;
  if (signal.aborted) throw signal.reason;
  const untilEnd = armed.task.expiresAt - sentAt;
  // A subscription lives as long as its task; everything else has the upstream's deadline.
  const patience = (settings.timeoutSeconds ?? defaultTimeoutSeconds) * 1000;
  // What only listens, or goes on longer than an answer may take, does not keep the task from another gateway.
  const isLong = (): boolean => armed.message.operation === 'subscribe' || now() - sentAt > patience;
  armed.lease.yieldWith(isLong, () => armed.admission.cut(new AppError('task.handed_over')));
  return connection.send({
    message: armed.message.outgoing,
    headers: armed.handedOver === null ? armed.headers : { ...armed.headers, [taskHeader]: armed.handedOver },
    query: armed.query,
    environment: armed.environment,
    secretKey: armed.secretKey,
    principal: armed.agent.id,
    ...(armed.message.exchange && {
      exchange: { ...inspectExchange(armed, armed.message.exchange), lifeMilliseconds: untilEnd },
    }),
    ...(armed.message.peer && { peer: armed.message.peer }),
    ...(armed.message.session && { session: armed.message.session }),
    signal,
    timeoutMilliseconds: armed.message.operation === 'subscribe' ? untilEnd : Math.min(patience, untilEnd),
    maxBytes: settings.maxResultBytes ?? defaultMaxResultBytes,
    onMessage(message) {
      const seen = inspectMessage(armed, message);
      if (seen !== null && admitInterim(armed, seen)) armed.emit(seen);
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
