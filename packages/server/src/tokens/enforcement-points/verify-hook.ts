import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type EnforcementPoint, findEnforcementPoint, type HookSettings } from './enforcement-point.ts';
import { isSecret } from './make-secret.ts';

/** A hook that has shown its secret with this very request. */
export interface KnownHook {
  readonly point: EnforcementPoint;
  readonly settings: HookSettings;
  readonly upstream: string;
}

const form = /^bearer +(csh_(pep_[0-9A-Z]{26})_[A-Za-z0-9_-]{43})$/i;

/** Which hook asks. Throws `token.missing`, `token.hook_invalid`; nobody learns which of the reasons it is. */
export async function verifyHook(
  context: Pick<Context, 'platform' | 'store'>,
  authorization: readonly string[],
): Promise<KnownHook> {
  const [value, ...others] = authorization;
  if (value === undefined) throw new AppError('token.missing');
  const [, secret = '', id = ''] = form.exec(value) ?? [];
  const point = others.length > 0 ? undefined : await findEnforcementPoint(context, id);
  const settings = point?.hook;
  if (point === undefined || settings === undefined || point.upstreams === '*') throw refuse();
  if (!isSecret(secret, settings.secretDigest)) throw refuse();
  if (context.platform.now() >= settings.expiresAt) throw refuse();
  const [upstream] = point.upstreams;
  if (upstream === undefined) throw refuse();
  return { point, settings, upstream };
}

function refuse(): AppError {
  return new AppError('token.hook_invalid');
}
