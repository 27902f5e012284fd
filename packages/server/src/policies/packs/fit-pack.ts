import { listNamedActions } from '../bundle/list-named-actions.ts';
import { parseBundle } from '../bundle/parse-bundle.ts';
import { readTools } from '../test/read-tools.ts';
import type { Pack } from './read-pack.ts';

/** A tool as an upstream offers it now. */
export interface OfferedTool {
  readonly name: string;
  readonly effects: readonly string[];
  readonly dataDomain: string;
  readonly confirmed: boolean;
}

export interface PackFit {
  /** Tools that its policies name and that the upstream does not offer: with any of them it cannot go live. */
  readonly missing: readonly string[];
  /** Tools that nobody has confirmed, or that are confirmed as something else than the pack is written for. */
  readonly unclassified: readonly {
    readonly name: string;
    readonly effects: readonly string[];
    readonly now: readonly string[];
    readonly sentence: string | null;
  }[];
  /** Tools that the pack does not know: it treats them by their effects alone. */
  readonly unknown: readonly string[];
}

export function fitPack(pack: Pack, offered: readonly OfferedTool[]): PackFit {
  const read = readTools(pack.tools);
  const known = new Map(read.ok ? read.declared.tools.map((tool) => [tool.name, tool] as const) : []);
  const there = new Map(offered.map((tool) => [tool.name, tool]));
  const prefix = `${pack.upstream}/`;
  const named = [...listNamedActions(parseBundle([pack.policies]).policies)].filter((id) =>
    id.startsWith(prefix),
  );
  const missing = named.map((id) => id.slice(prefix.length)).filter((name) => !there.has(name));
  const unclassified = offered.flatMap(({ name, effects, confirmed }) => {
    const tool = known.get(name);
    if (tool === undefined || (confirmed && isSame(tool.effects, effects))) return [];
    return [{ name, effects: tool.effects, now: confirmed ? effects : [], sentence: tool.sentence }];
  });
  return {
    missing,
    unclassified,
    unknown: offered.map(({ name }) => name).filter((name) => !known.has(name)),
  };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}
