import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { addUpstream, readUpstream } from './add-upstream.ts';
import { lookIfConnected } from './look-at-tools.ts';
import { describeSettings, recordUpstream } from './record-upstream.ts';
import { applyOffer } from './refresh-tools.ts';
import { findUpstream, loadTools } from './stored-upstreams.ts';
import { showUpstream, type UpstreamView } from './upstream-view.ts';

/**
 * Makes an upstream be as described: adds it, or changes its settings and environment while its pinned tools stay
 * pinned, so that whatever the new place offers differently is held. Throws what `addUpstream` throws.
 */
export async function declareUpstream(context: Context, actor: Actor, input: unknown): Promise<UpstreamView> {
  requirePermission(actor, 'upstreams.change');
  const wanted = readUpstream(context, input);
  const last = await findUpstream(context.store.sql, wanted.name);
  if (last === undefined) return addOrFind(context, actor, input, wanted.name);
  if (last.kind !== wanted.kind) throw new AppError('upstream.exists', { detail: 'it is of another kind' });
  const row = { ...wanted, created_at: last.created_at };
  const isSame = last.settings === row.settings && last.document === row.document;
  if (isSame && last.environment === row.environment) return showUpstream(last);
  const connection = context.upstreams.connect(row);
  try {
    const seen = await lookIfConnected(context, row, connection);
    await context.store.transaction(async (tx) => {
      const { name, settings, environment, document } = row;
      const changes = { settings, environment, document };
      await tx.sql.updateTable('upstreams').set(changes).where('name', '=', name).execute();
      const body = { ...describeSettings(row), changed: true };
      const cause = recordUpstream(context, tx, actor, { kind: 'upstream.added', upstream: name }, body);
      const rows =
        seen === null
          ? await loadTools(tx.sql, name)
          : await applyOffer(context, tx, actor, {
              upstream: name,
              offered: seen.tools,
              causes: [cause],
              isFirst: false,
            });
      tx.afterCommit(() => context.upstreams.put(row, rows, connection));
    });
    return showUpstream(row);
  } catch (thrown) {
    await connection.close();
    throw thrown;
  }
}

/** Another gateway with the same configuration may be faster. */
async function addOrFind(
  context: Context,
  actor: Actor,
  input: unknown,
  name: string,
): Promise<UpstreamView> {
  try {
    return await addUpstream(context, actor, input);
  } catch (thrown) {
    const found = await findUpstream(context.store.sql, name);
    if (found === undefined || !context.store.seat.isShared) throw thrown;
    return declareUpstream(context, actor, input);
  }
}
