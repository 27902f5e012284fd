import { type Effect, isActionPattern } from '@countersign/core';
import type { Context } from '../../context.ts';
import { everyUpstream } from '../../upstreams/index.ts';

/** An upstream that a client asks for, with what a person may let it do there. */
export interface OfferedUpstream {
  readonly name: string;
  readonly environment: string;
  readonly tools: readonly OfferedTool[];
  /** Tools that are not offered: their definition waits for somebody, or their name is no action. */
  readonly withheld: number;
}

export interface OfferedTool {
  /** `<upstream>/<tool>`. */
  readonly action: string;
  readonly tool: string;
  readonly effects: readonly Effect[];
  readonly dataDomain: string;
  /** A person has confirmed what it does. */
  readonly confirmed: boolean;
}

/** Undefined when one of the upstreams is not there. */
export function listOffered(
  context: Pick<Context, 'upstreams'>,
  names: readonly string[],
): readonly OfferedUpstream[] | undefined {
  const offered: OfferedUpstream[] = [];
  const named = names.includes(everyUpstream)
    ? [...context.upstreams.list()].map(({ name }) => name).toSorted()
    : names;
  for (const name of named) {
    const upstream = context.upstreams.find(name);
    if (upstream === undefined) return undefined;
    const all = [...upstream.tools()];
    const tools = all.filter((tool) => tool.state === 'pinned' && isNameable(name, tool.name));
    offered.push({
      name,
      environment: upstream.environment,
      tools: tools.map((tool) => ({
        action: `${name}/${tool.name}`,
        tool: tool.name,
        effects: tool.effects,
        dataDomain: tool.dataDomain,
        confirmed: tool.confirmed,
      })),
      withheld: all.length - tools.length,
    });
  }
  return offered;
}

/** A name with a star would stand for others; one that begins with `@` for an operation. */
function isNameable(upstream: string, tool: string): boolean {
  return !tool.includes('*') && !tool.startsWith('@') && isActionPattern(`${upstream}/${tool}`);
}
