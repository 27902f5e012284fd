import { readFileSync } from 'node:fs';
import { CliError } from '../../cli-error.ts';
import { type ClientTool, claudeCodeTools } from '../../clients/claude-code-tools.ts';
import type { Session } from '../../session.ts';

export const presets = ['claude-code'] as const;

export interface HookPlace {
  readonly hooks?: string | undefined;
  readonly preset?: string | undefined;
  readonly declaredBy?: readonly string[] | undefined;
}

/** An upstream that stands for the tools of a program; undefined when none of the options is given. Throws `CliError`. */
export function readHooks(
  place: HookPlace,
): { kind: string; settings: object; document?: string } | undefined {
  const { hooks, preset, declaredBy } = place;
  if (hooks === undefined && preset === undefined && declaredBy === undefined) return undefined;
  if (hooks !== undefined && preset !== undefined) throw new CliError('give one of --hooks and --preset');
  const settings = declaredBy === undefined ? {} : { declaredBy };
  const tools = claudeCodeTools.map(({ definition }) => definition);
  const document = preset === undefined ? hooks && readFileSync(hooks, 'utf8') : JSON.stringify(tools);
  return { kind: 'hooks', settings, ...(document === undefined ? {} : { document }) };
}

/** Whoever adds a client that is known confirms what is known of its tools. */
export async function confirmTools(
  session: Session,
  upstream: string,
  tools: readonly ClientTool[],
): Promise<void> {
  for (const { definition, classification } of tools) {
    const path = `/v1/upstreams/${encodeURIComponent(upstream)}/tools/${definition.name}/classification`;
    await session.api().send('PUT', path, classification);
  }
}
