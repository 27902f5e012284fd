// Guarantees: the upstream's credentials are resolved for this one request; the agent's token goes no further.
import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { handOver } from '../tokens/index.ts';
import type { ArmedInjection, Claimant } from '../upstreams/index.ts';
import type { Armed, Released } from './stages.ts';

export async function injectSecret(context: Context, released: Released): Promise<Armed> {
  // Whatever happened while a person or the disk was waited for: a stop that came in between wins.
  const { signal } = released.admission;
  if (signal.aborted) throw signal.reason;
  if (released.task.expiresAt <= context.platform.now()) throw new AppError('task.not_open');
  const handedOver = await untilCut(signal, getHandedOver(context, released));
  return armWith({ ...released, handedOver }, await untilCut(signal, getInjection(context, released)));
}

/** Only with a message: who follows a task up has handed over with what began it. */
async function getHandedOver(context: Context, released: Released): Promise<string | null> {
  const { target, message, token, agent, task, decisionRecord: cause, id: action } = released;
  const to = target.settings.agent;
  if (to === undefined || message.operation !== 'call' || message.answerHere !== undefined) return null;
  return handOver(context, { token, agent, task, to, action, cause });
}

/** A client says hello before its person has connected, and learns where they do when it calls. */
async function getInjection(context: Context, released: Released): Promise<ArmedInjection> {
  const claimant = describeClaimant(released);
  try {
    return await context.credentials.arm(describeHolder(released), claimant);
  } catch (thrown) {
    const isNeeded = thrown instanceof AppError && thrown.code === 'upstream.connection_needed';
    if (!isNeeded || released.message.outgoing.method !== 'server/discover') throw thrown;
    return context.credentials.arm(withoutCredential(released), claimant);
  }
}

export function armWith(
  released: Released & Pick<Armed, 'handedOver'>,
  { values, ...injection }: ArmedInjection,
): Armed {
  const { handedOver } = released;
  const secretValues = handedOver === null ? values : [...values, handedOver];
  return { ...released, ...injection, secretValues } as Armed;
}

/** What this call waits for may be another call's too and goes on; this call ends when it is cut. */
export function untilCut<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cut = () => reject(signal.reason);
    if (signal.aborted) return cut();
    signal.addEventListener('abort', cut, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', cut));
  });
}

/** What is answered here needs no credential of a person who may not even have connected yet. */
function describeHolder({ target, message }: Released) {
  const isSent = message.answerHere === undefined && message.method !== 'tools/list';
  if (isSent || target.settings.credential === undefined) return target;
  return withoutCredential({ target });
}

function withoutCredential({ target: { name, kind, settings } }: Pick<Released, 'target'>) {
  const { credential: _, ...stored } = settings;
  return { name, kind, settings: stored };
}

function describeClaimant({ agent, cause, task }: Released): Claimant {
  return {
    task: task.id,
    cause,
    agent: agent.id,
    person: task.rootPersonId,
    chain: task.chainIds,
    expiresAt: task.expiresAt,
  };
}
