import { isEffect, type ScannedTool, scanTools, type ToolFinding } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';
import type { OfferedTool } from '../discover-tools.ts';
import type { ToolRow, UpstreamRow } from '../live-upstream.ts';
import { parseObject } from '../pinned-tool.ts';
import { isAccepted, loadKnownTools } from './load-known-tools.ts';

export type OfferFindings = ReadonlyMap<string, readonly ToolFinding[]>;

/** What is to be known of those offered tools that are not in force as they are offered. */
export async function scanOffer(
  sql: Kysely<Schema>,
  { name: upstream, kind }: Pick<UpstreamRow, 'name' | 'kind'>,
  rows: readonly ToolRow[],
  offered: readonly OfferedTool[],
): Promise<OfferFindings> {
  // This house wrote them, and no model is shown them.
  if (kind === 'model') return new Map();
  const stored = new Map(rows.map((row) => [row.name, row]));
  const tools = offered.flatMap(({ name, digest, definition }): ScannedTool[] => {
    const row = stored.get(name);
    if (row?.state === 'pinned' && row.digest === digest) return [];
    // Held as it is offered already, with what was found then.
    if (row?.state === 'quarantined' && row.offered_digest === digest) return [];
    return [describeOffered(row, definition)];
  });
  if (tools.length === 0) return new Map();
  return scanTools({ upstream, tools, known: await loadKnownTools(sql) });
}

/** A definition beside the accepted one, if there is one. */
export function describeOffered(
  row: ToolRow | undefined,
  definition: OfferedTool['definition'],
): ScannedTool {
  if (row === undefined || !isAccepted(row)) return { definition };
  const effects: unknown = JSON.parse(row.effects);
  return {
    definition,
    before: {
      definition: { ...parseObject(row.definition), name: row.name },
      effects: Array.isArray(effects) ? effects.filter(isEffect) : [],
    },
  };
}
