import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import type { addEnforcementPointInput, TelemetrySettings } from './enforcement-point.ts';
import { makeSecret } from './make-secret.ts';

type Given = z.output<typeof addEnforcementPointInput>;

interface MadeSource {
  readonly settings: TelemetrySettings;
  /** What the record of its registration says. */
  readonly told: { readonly telemetry: Omit<TelemetrySettings, 'secretDigest'> };
  readonly secret: string;
}

/**
 * The secret of a telemetry source: good for telling of these agents, for no question and no call. Throws
 * `agent.not_found`, `server.request_invalid`.
 */
export async function makeTelemetrySource(
  { agents, platform }: Pick<Context, 'agents' | 'platform'>,
  about: {
    readonly id: string;
    readonly wanted: NonNullable<Given['telemetry']>;
    readonly given: Omit<Given, 'name' | 'hook' | 'telemetry'>;
  },
): Promise<MadeSource> {
  const { wanted, given } = about;
  const { keys, upstreams, types, routes, addresses, bearer } = given;
  const asks = [keys, upstreams, types, routes, addresses].some(({ length }) => length > 0);
  if (asks || bearer)
    throw new AppError('server.request_invalid', { detail: 'a telemetry source only tells' });
  for (const id of wanted.agentIds) await agents.get(id);
  const { secret, secretDigest } = makeSecret(platform, 'cst', about.id);
  const told = { ...wanted, expiresAt: platform.now() + wanted.hours * 3_600_000 };
  return { settings: { ...told, secretDigest }, told: { telemetry: told }, secret };
}
