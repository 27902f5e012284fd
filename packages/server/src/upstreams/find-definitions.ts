import { canonicalTool, type JsonObject } from '@countersign/core';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import { parseObject } from './pinned-tool.ts';

export interface ToolDefinitionFound {
  readonly upstream: string;
  readonly name: string;
  readonly definition: JsonObject;
}

const digestsPerRead = 500;

/** The definitions with these digests, as far as they are still in force; those of before are not kept. */
export async function findDefinitions(
  { store }: Pick<Context, 'store'>,
  digests: readonly string[],
): Promise<readonly ToolDefinitionFound[]> {
  const found: ToolDefinitionFound[] = [];
  for (let start = 0; start < digests.length; start += digestsPerRead) {
    const rows = await store.sql
      .selectFrom('tools')
      .select(['upstream', 'name', 'digest', 'definition'])
      .where('digest', 'in', digests.slice(start, start + digestsPerRead))
      .orderBy('upstream')
      .orderBy('name')
      .execute();
    for (const { upstream, name, digest, definition } of rows) {
      const tool = parseObject(definition);
      if (typeof tool.name !== 'string') continue;
      // What is stored may have been changed since: then it is not what was called.
      if (sha256(canonicalTool(upstream, { ...tool, name: tool.name })) === digest)
        found.push({ upstream, name, definition: tool });
    }
  }
  return found;
}
