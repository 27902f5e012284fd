import { diffTools, isJsonObject, type JsonObject, type JsonValue, renderHonestly } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, requirePermission } from '../people/index.ts';
import { parseObject } from './pinned-tool.ts';
import { loadTool, loadUpstream } from './stored-upstreams.ts';
import { toolName, upstreamName } from './upstream-schema.ts';
import { showTool, type ToolView } from './upstream-view.ts';

const reviewToolInput = z.strictObject({ upstream: upstreamName, tool: toolName });

/** Text that would not look like what it is. */
export interface HiddenText {
  readonly where: 'pinned' | 'offered';
  /** JSON pointer to the text; a name is the last token of its own pointer. */
  readonly path: string;
  /** How many characters of each kind. */
  readonly counts: Readonly<Record<string, number>>;
  /** The text with every such character written as its code point. */
  readonly shown: string;
}

export interface ToolReview extends ToolView {
  /** Null for a tool that was never accepted. */
  readonly pinned: Readonly<Record<string, unknown>> | null;
  readonly offered: Readonly<Record<string, unknown>> | null;
  /** A JSON pointer, and what was and is there; absent when nothing. */
  readonly differences: readonly {
    readonly path: string;
    readonly before?: unknown;
    readonly after?: unknown;
  }[];
  readonly hidden: readonly HiddenText[];
}

const mostHidden = 200;

/** Everything a person must see before accepting or classifying a tool. Throws `upstream.tool_not_found`. */
export async function reviewTool(context: Context, actor: Actor, input: unknown): Promise<ToolReview> {
  requirePermission(actor, 'upstreams.read');
  const { upstream, tool } = reviewToolInput.parse(input);
  await loadUpstream(context.store.sql, upstream);
  const row = await loadTool(context.store.sql, upstream, tool);
  const isNew = row.offered_digest === row.digest;
  const pinned = isNew ? null : parseObject(row.definition);
  const offered = row.offered_definition === null ? null : parseObject(row.offered_definition);
  const named = (definition: JsonObject) => ({ ...definition, name: row.name });
  const hidden: HiddenText[] = [];
  if (pinned !== null) findHidden('pinned', pinned, '', hidden);
  if (offered !== null) findHidden('offered', offered, '', hidden);
  return {
    ...showTool(row),
    pinned,
    offered,
    differences: pinned !== null && offered !== null ? diffTools(named(pinned), named(offered)) : [],
    hidden,
  };
}

function findHidden(where: HiddenText['where'], value: JsonValue, path: string, hidden: HiddenText[]): void {
  if (hidden.length >= mostHidden) return;
  if (typeof value === 'string') addHidden(where, value, path, hidden);
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) findHidden(where, item, `${path}/${i}`, hidden);
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      const inner = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      addHidden(where, key, inner, hidden);
      findHidden(where, member, inner, hidden);
    }
  }
}

function addHidden(where: HiddenText['where'], text: string, path: string, hidden: HiddenText[]): void {
  const { segments, counts, suspicious } = renderHonestly(text);
  if (!suspicious) return;
  const shown = segments
    .map((one) => (one.flag === undefined ? one.text : `[${one.codePoints.join(' ')}]`))
    .join('');
  hidden.push({ where, path, counts, shown });
}
