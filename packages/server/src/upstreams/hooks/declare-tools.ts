import { AppError } from '@countersign/api';
import type { JsonObject, JsonValue } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { Actor } from '../../people/index.ts';
import type { OfferedTool } from '../discover-tools.ts';
import type { UpstreamRow } from '../live-upstream.ts';
import { applyOffer } from '../refresh-tools.ts';
import { loadUpstream } from '../stored-upstreams.ts';
import { readDeclaredTools } from './declared-tools.ts';

export interface DeclaredTools {
  readonly tools: readonly { readonly name: string; readonly state: 'pinned' | 'quarantined' | 'missing' }[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

const system: Actor = { kind: 'system', part: 'upstreams' };

/**
 * Tools that a program has, as its agent says when it starts: what is new or changed is held until a person accepts it,
 * as at any upstream. Those that it does not name stay as they are. Throws `upstream.declaration_refused`, `upstream.document_invalid`.
 */
export async function declareTools(
  context: Context,
  declared: { readonly agentId: string; readonly upstream: string; readonly tools: JsonValue | undefined },
): Promise<DeclaredTools> {
  const { agentId, upstream } = declared;
  const live = context.upstreams.find(upstream);
  if (live?.kind !== 'hooks' || live.settings.declaredBy?.includes(agentId) !== true)
    throw new AppError('upstream.declaration_refused');
  const named = readDeclaredTools(upstream, JSON.stringify(declared.tools ?? null));
  const rows = await context.store.transaction(async (tx) => {
    const last = await loadUpstream(tx.sql, upstream);
    const document = addTo(last, named.tools);
    const offered = readDeclaredTools(upstream, document).tools;
    const row = { ...last, document };
    await tx.sql.updateTable('upstreams').set({ document }).where('name', '=', upstream).execute();
    const after = await applyOffer(context, tx, system, { upstream, offered, causes: [], isFirst: false });
    tx.afterCommit(() => context.upstreams.put(row, after));
    return after;
  });
  return { tools: rows.map(({ name, state }) => ({ name, state })), refused: named.refused };
}

/** Several programs may share an upstream: none takes away what another has. */
function addTo({ name, document }: UpstreamRow, declared: readonly OfferedTool[]): string {
  const tools = new Map<string, JsonObject>();
  const last = document === null ? [] : readDeclaredTools(name, document).tools;
  for (const tool of [...last, ...declared]) tools.set(tool.name, tool.definition);
  return JSON.stringify([...tools.values()]);
}
