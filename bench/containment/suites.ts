import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DescribedTool } from './classification/confirm-proposal.ts';

export interface SuiteTool extends DescribedTool {
  readonly description: string;
  readonly inputSchema: { readonly [name: string]: unknown };
  readonly annotations: { readonly [name: string]: unknown };
}

/** The tools of each suite, as an MCP server would declare them. */
export async function loadSuites(folder: string): Promise<ReadonlyMap<string, readonly SuiteTool[]>> {
  const { tools } = JSON.parse(await readFile(join(folder, 'agentdojo-tools.json'), 'utf8')) as {
    readonly tools: readonly SuiteTool[];
  };
  return Map.groupBy(tools, ({ suite }) => suite);
}

/** Names of the tools that change anything, over all suites: a name means the same in each. */
export function listWrites(suites: ReadonlyMap<string, readonly SuiteTool[]>): ReadonlySet<string> {
  const all = [...suites.values()].flat();
  return new Set(all.filter(({ effect }) => effect === 'write').map(({ name }) => name));
}
