// Guarantees: the upstream's credentials are resolved for this one request; the agent's token goes no further.
import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { resolveInjection } from '../upstreams/index.ts';
import type { Armed, Released } from './stages.ts';

export async function injectSecret(context: Context, released: Released): Promise<Armed> {
  // Whatever happened while a person or the disk was waited for: a stop that came in between wins.
  const { signal } = released.admission;
  if (signal.aborted) throw signal.reason;
  if (released.task.expiresAt <= context.platform.now()) throw new AppError('task.not_open');
  const { values, ...filled } = await resolveInjection(released.target.settings, context.secrets);
  return { ...released, ...filled, secretValues: values } as Armed;
}
