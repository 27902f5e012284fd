import { AppError } from '@countersign/api';
import type { AgentFacts } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import type { LeasedTask } from '../../tasks/index.ts';
import { issueToken } from '../issue-token.ts';
import { tokenEndpoint } from '../resource-urls.ts';
import type { PresentedToken } from '../token-state.ts';
import { findPassedOn } from './find-passed-on.ts';

/** One decided message of an agent, to another agent of this house that is to help with it. */
export interface HandedOver {
  readonly token: PresentedToken;
  readonly agent: AgentFacts;
  readonly task: LeasedTask;
  readonly to: string;
  /** The action that is the message, and its decision. */
  readonly action: string;
  readonly cause: string;
}

const lifetimeSeconds = 120;

/**
 * What the called agent may exchange (RFC 8693) to help with the caller's task: good for that agent alone (`may_act`, §4.4),
 * for nothing but an exchange, and for two minutes. Null where the caller has passed nothing on to it, or its own token could
 * not be exchanged either.
 */
export async function handOver(context: Context, handed: HandedOver): Promise<string | null> {
  const { token, agent, task, to, action, cause } = handed;
  const { binding } = token;
  if ((binding.kind !== 'dpop' && binding.kind !== 'mtls') || token.callDigest !== null) return null;
  if (to === agent.id || !(await isPassedOn(context, task, to))) return null;
  const client = {
    ...{ clientId: token.clientId, agent, registeredKey: token.registeredKey, workload: token.workload },
    notAfter: token.expiresAt,
  };
  const grant = {
    ...{ agentId: agent.id, subject: token.subject, task: task.id, chain: task.chainIds, lifetimeSeconds },
    ...(token.actor === undefined ? {} : { act: token.actor }),
    mayAct: to,
    audience: [tokenEndpoint(context.tokens.issuer)],
    notAfter: Math.min(task.expiresAt, task.limits.expiresAt),
    body: { use: 'hand_over', to, action },
    causes: [cause],
  };
  return (await issueToken(context, { client, agent, binding, grant })).accessToken;
}

async function isPassedOn(context: Context, task: LeasedTask, client: string): Promise<boolean> {
  try {
    await findPassedOn(context, { task, client, named: undefined });
    return true;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'token.exchange_refused') return false;
    throw thrown;
  }
}
