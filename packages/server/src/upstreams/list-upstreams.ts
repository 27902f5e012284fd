import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { type Page, pageQuery } from '../wire/page.ts';
import { loadUpstream } from './stored-upstreams.ts';
import { upstreamName } from './upstream-schema.ts';
import { showTool, showUpstream, type ToolView, type UpstreamView } from './upstream-view.ts';

export const listUpstreamsInput = z.strictObject(pageQuery);
export const listToolsInput = z.strictObject({
  ...pageQuery,
  cursor: z.string().min(1).max(128).optional(),
  upstream: upstreamName,
  state: z.enum(['pinned', 'quarantined', 'missing']).optional(),
});

/** In order of name. */
export async function listUpstreams(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<Page<UpstreamView>> {
  requirePermission(actor, 'upstreams.read');
  const { cursor = '', limit } = listUpstreamsInput.parse(input);
  const rows = await context.store.sql
    .selectFrom('upstreams')
    .selectAll()
    .where('name', '>', cursor)
    .orderBy('name')
    .limit(limit + 1)
    .execute();
  return takeNamed(rows, limit, showUpstream);
}

/** One upstream's tools in order of name. Throws `upstream.not_found`. */
export async function listTools(context: Context, actor: Actor, input: unknown): Promise<Page<ToolView>> {
  requirePermission(actor, 'upstreams.read');
  const { upstream, state, cursor = '', limit } = listToolsInput.parse(input);
  await loadUpstream(context.store.sql, upstream);
  let query = context.store.sql
    .selectFrom('tools')
    .selectAll()
    .where('upstream', '=', upstream)
    .where('name', '>', cursor);
  if (state !== undefined) query = query.where('state', '=', state);
  const rows = await query
    .orderBy('name')
    .limit(limit + 1)
    .execute();
  return takeNamed(rows, limit, showTool);
}

/** Throws `upstream.not_found`. */
export async function getUpstream(context: Context, actor: Actor, input: unknown): Promise<UpstreamView> {
  requirePermission(actor, 'upstreams.read');
  const { upstream } = z.strictObject({ upstream: upstreamName }).parse(input);
  return showUpstream(await loadUpstream(context.store.sql, upstream));
}

function takeNamed<Row extends { readonly name: string }, T>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(show), next: rows.length > limit ? (shown.at(-1)?.name ?? null) : null };
}
