import type { Context } from '../../context.ts';

/** Keeps the status of tokens known, well within its freshness; a job. */
export async function confirmStatus(context: Context): Promise<number> {
  const { tokens, platform, config } = context;
  await tokens.status.confirm();
  tokens.statusLists.prune(platform.now());
  return platform.now() + (config.tokens.statusFreshnessSeconds * 1000) / 4;
}
