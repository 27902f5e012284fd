import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { decodeJsonSegment } from '../compact-jws.ts';
import { readUpstreamResource } from '../resource-urls.ts';
import type { PresentedCredentials } from '../token-state.ts';
import { findEnforcementPoint } from './enforcement-point.ts';
import { isSecret } from './make-secret.ts';

/** Whoever tells what agents did. Nothing it says is believed. */
export interface Teller {
  /** The enforcement point, or the agent that tells of itself. */
  readonly source: string;
  /** Of whom it may tell. */
  readonly agentIds: readonly string[];
  /** The only task it may tell of; null when any of theirs. */
  readonly taskId: string | null;
}

const form = /^bearer +(cst_(pep_[0-9A-Z]{26})_[A-Za-z0-9_-]{43})$/i;
const isForm = /^bearer +cst_/i;

/**
 * Who tells: a telemetry source by its secret, or an agent by a token of a task and its proof of possession. Throws
 * `token.telemetry_invalid` for a secret, `token.*` with the response headers for a token.
 */
export async function verifyTeller(
  context: Pick<Context, 'config' | 'platform' | 'store' | 'tokens'>,
  presented: Omit<PresentedCredentials, 'audience'>,
): Promise<Teller> {
  const [value, ...others] = presented.authorization;
  if (value === undefined) throw new AppError('token.missing');
  if (isForm.test(value)) return findSource(context, others.length > 0 ? '' : value);
  const { publicUrl } = context.config.server;
  // Read unverified, to know for which of an agent's upstreams it must have been issued: that is then verified.
  const audience = readAudience(value).find((one) => readUpstreamResource(publicUrl, one) !== undefined);
  const token = await context.tokens.verifyPresented({ ...presented, audience: audience ?? publicUrl });
  // A token that proves nothing is worth only what it was issued for.
  if (token.taskId === null || token.binding.kind === 'none') throw new AppError('token.audience_mismatch');
  return { source: token.agentId, agentIds: [token.agentId], taskId: token.taskId };
}

async function findSource(context: Pick<Context, 'platform' | 'store'>, value: string): Promise<Teller> {
  const [, secret = '', id = ''] = form.exec(value) ?? [];
  const point = await findEnforcementPoint(context, id);
  const settings = point?.telemetry;
  const isGood = settings !== undefined && isSecret(secret, settings.secretDigest);
  if (point === undefined || !isGood || context.platform.now() >= settings.expiresAt)
    throw new AppError('token.telemetry_invalid');
  return { source: point.id, agentIds: settings.agentIds, taskId: null };
}

function readAudience(authorization: string): readonly string[] {
  const [, payload = ''] = authorization.slice(authorization.indexOf(' ') + 1).split('.', 3);
  const { aud } = (payload.length < 16_384 ? decodeJsonSegment(payload) : undefined) ?? {};
  return (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === 'string');
}
