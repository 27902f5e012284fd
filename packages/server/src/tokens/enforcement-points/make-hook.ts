import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import type { addEnforcementPointInput, HookSettings } from './enforcement-point.ts';
import { makeSecret } from './make-secret.ts';

type Given = z.output<typeof addEnforcementPointInput>;

interface MadeHook {
  readonly settings: HookSettings;
  /** What the record of its registration says. */
  readonly told: { readonly hook: Omit<HookSettings, 'secretDigest'> };
  readonly secret: string;
}

/**
 * The secret of a hook: good at the hooks' door alone, for one agent and one upstream to which nothing is ever sent, and
 * not for long. Throws `agent.not_found`, `upstream.not_found`, `server.request_invalid`.
 */
export async function makeHook(
  { agents, platform, upstreams }: Pick<Context, 'agents' | 'platform' | 'upstreams'>,
  about: {
    readonly id: string;
    readonly wanted: NonNullable<Given['hook']>;
    readonly given: Omit<Given, 'name' | 'hook' | 'telemetry'>;
  },
): Promise<MadeHook> {
  const { wanted, given } = about;
  const [upstream, ...others] = given.upstreams === '*' ? [] : given.upstreams;
  if (upstream === undefined || others.length > 0)
    throw new AppError('server.request_invalid', { detail: 'a hook asks about one upstream' });
  if (upstreams.find(upstream)?.kind !== 'hooks')
    throw new AppError('upstream.not_found', { detail: 'there is none of kind hooks by this name' });
  const asksOtherwise =
    given.keys.length + given.types.length + given.routes.length + given.addresses.length > 0;
  if (asksOtherwise || given.bearer)
    throw new AppError('server.request_invalid', { detail: 'a hook asks through hooks alone' });
  await agents.get(wanted.agentId);
  const { secret, secretDigest } = makeSecret(platform, 'csh', about.id);
  const told = { ...wanted, expiresAt: platform.now() + wanted.hours * 3_600_000 };
  return { settings: { ...told, secretDigest }, told: { hook: told }, secret };
}
