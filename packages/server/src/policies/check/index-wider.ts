import { ACTION_TYPE } from '../schema/action-names.ts';
import { readEntityName } from '../schema/entity-name.ts';
import { type SchemaNames, toolType, upstreamType } from './known-names.ts';
import type { PolicyNeeds } from './policy-needs.ts';

/** Policies that may apply wherever one applies (to this tool): those whose scope is visibly about something else are left out. */
export type FindWider = (needs: PolicyNeeds, tool?: string) => readonly PolicyNeeds[];

/** What a scope is bound to, as far as it says so by name. */
interface Bounds {
  readonly tools: readonly string[] | null;
  readonly upstream: string | null;
  readonly hasPrincipal: boolean;
}

interface Shelf {
  readonly forAnybody: PolicyNeeds[];
  readonly forSome: PolicyNeeds[];
}

/** So that thousands of policies need not be compared each with each. */
export function indexWider(names: SchemaNames, all: readonly PolicyNeeds[]): FindWider {
  const shelves = new Map<string, Shelf>();
  for (const needs of all) {
    const { tools, upstream, hasPrincipal } = readBounds(names, needs);
    const keys = tools?.map((id) => `tool ${id}`) ?? [upstream === null ? 'any' : `upstream ${upstream}`];
    for (const key of new Set(keys)) {
      const shelf = shelves.get(key) ?? { forAnybody: [], forSome: [] };
      shelves.set(key, shelf);
      (hasPrincipal ? shelf.forSome : shelf.forAnybody).push(needs);
    }
  }
  return (needs, onlyTool) => {
    const { tools, upstream } = readBounds(names, needs);
    const tool = onlyTool ?? tools?.[0];
    const within = upstream ?? tool?.slice(0, tool.indexOf('/'));
    const keys = [
      'any',
      ...(within === undefined ? [] : [`upstream ${within}`]),
      ...(tool === undefined ? [] : [`tool ${tool}`]),
    ];
    const isAboutSome = needs.satisfied.some((literals) =>
      literals.some(({ term }) => term.startsWith('principal')),
    );
    return keys.flatMap((key) => {
      const shelf = shelves.get(key);
      return [...(shelf?.forAnybody ?? []), ...(isAboutSome ? (shelf?.forSome ?? []) : [])];
    });
  };
}

function readBounds({ actions }: SchemaNames, { policy: { json } }: PolicyNeeds): Bounds {
  const { principal, action, resource } = json;
  const scoped = 'entity' in resource ? readEntityName(resource.entity) : undefined;
  const named = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  const ids = named.map(readEntityName).map(({ type, id }) => (type === ACTION_TYPE ? id : ''));
  const areTools = ids.length > 0 && ids.every((id) => id.includes('/') && actions.has(id));
  const tool = scoped?.type === toolType ? [scoped.id] : null;
  return {
    tools: areTools ? ids : tool,
    upstream: scoped?.type === upstreamType ? scoped.id : null,
    hasPrincipal:
      principal.op === '==' || principal.op === 'in' || (principal.op === 'is' && principal.in !== undefined),
  };
}
