import { AppError, toAppError } from '@countersign/api';
import type { Limits } from '@countersign/core';
import type { Context } from '../../context.ts';
import { readDelegationLimits } from '../../delegations/index.ts';
import type { Asked, Wish } from './ask.ts';
import { type Asking, describeAsked, makeAsk } from './keep-ask.ts';

/** Asks a person for a delegation. What they sign is a delegation that the agent fetches; until then nothing is given. */
export async function askForAuthority(
  context: Context,
  asking: Asking,
  wish: Wish & { readonly kind: 'authority' },
): Promise<Asked> {
  const limits = readWishedLimits(wish, asking.agent.environment, asking.askedAt);
  const upstreams = chooseUpstreams(context, asking.ask.upstreams, limits);
  const kept = makeAsk(context, asking, {
    upstreams,
    details: { purpose: wish.purpose },
    ...{ callDigest: null, taskId: null, actionId: null, causes: [] },
    body: { wish: 'authority', purpose: wish.purpose, limits, upstreams },
  });
  const approval = await context.approvals.requestAuthority({
    agent: asking.agent,
    key: asking.key,
    purpose: wish.purpose,
    limits,
    policyVersion: context.policies.version,
    askDigest: asking.digest,
    causes: [kept.recordId],
    asked: {
      personId: asking.personId,
      message: asking.ask.message,
      expiresAt: asking.expiresAt,
      save: kept.save,
    },
  });
  return describeAsked(context, { secret: kept.secret, approval, expiresAt: asking.expiresAt });
}

/** The limits that any delegation by a person has to keep to. Throws `token.details_invalid`. */
function readWishedLimits(wish: Wish & { kind: 'authority' }, environment: string, now: number): Limits {
  try {
    return readDelegationLimits(wish.limits, environment, now);
  } catch (thrown) {
    const { code, detail } = toAppError(thrown);
    if (code !== 'server.request_invalid') throw thrown;
    throw new AppError('token.details_invalid', detail === undefined ? {} : { detail });
  }
}

function chooseUpstreams(
  context: Pick<Context, 'upstreams'>,
  named: readonly string[] | null,
  limits: Limits,
): readonly string[] {
  const wanted = named ?? (limits.upstreams === '*' ? [] : limits.upstreams.slice(0, 8));
  if (wanted.length === 0)
    throw new AppError('token.target_invalid', { detail: 'name the resource the token is for' });
  const isReached = (name: string): boolean => limits.upstreams === '*' || limits.upstreams.includes(name);
  if (wanted.some((name) => !isReached(name) || context.upstreams.find(name) === undefined))
    throw new AppError('token.target_invalid');
  return wanted;
}
