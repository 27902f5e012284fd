import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { listToolGroups, NAMESPACE, nameToolAction } from '../schema/action-names.ts';
import { type EntityName, readEntityName } from '../schema/entity-name.ts';
import type { SchemaTool } from '../schema/generate-schema.ts';
import type { ParsedPolicy } from './parse-bundle.ts';

const TOOLS_AT_ONCE = 50;

/** Some of the tools, and the policies that can apply to one of them. */
export interface ToolPart {
  readonly tools: readonly SchemaTool[];
  readonly policies: readonly ParsedPolicy[];
}

/** Each policy is in every part with a tool that its scope may fit; one that fits none is in the first. */
export function splitTools(
  policies: readonly ParsedPolicy[],
  tools: readonly SchemaTool[],
): readonly ToolPart[] {
  const parts: { readonly tools: readonly SchemaTool[]; readonly policies: ParsedPolicy[] }[] = [];
  for (let from = 0; from === 0 || from < tools.length; from += TOOLS_AT_ONCE)
    parts.push({ tools: tools.slice(from, from + TOOLS_AT_ONCE), policies: [] });
  const places = locateTools(parts);
  for (const policy of policies) {
    const action = findPlaces(places, policy.json.action);
    const resource = findPlaces(places, policy.json.resource);
    const fitting = parts.filter(
      (_, index) => (action?.has(index) ?? true) && (resource?.has(index) ?? true),
    );
    for (const part of fitting.length === 0 ? parts.slice(0, 1) : fitting) part.policies.push(policy);
  }
  return parts;
}

/** By what a scope can name of a tool, the parts with such a tool. */
type Places = ReadonlyMap<string, ReadonlySet<number>>;

function locateTools(parts: readonly Pick<ToolPart, 'tools'>[]): Places {
  const places = new Map<string, Set<number>>();
  parts.forEach(({ tools }, index) => {
    for (const key of new Set(tools.flatMap(listKeys))) {
      const known = places.get(key) ?? new Set();
      places.set(key, known.add(index));
    }
  });
  return places;
}

function listKeys(tool: SchemaTool): readonly string[] {
  const name = nameToolAction(tool.upstream, tool.name);
  const entity = (type: string, id: string) => writeKey({ type: `${NAMESPACE}::${type}`, id });
  return [
    ...[name, ...listToolGroups(tool)].map((id) => entity('Action', id)),
    ...[entity('Tool', name), entity('Upstream', tool.upstream)],
  ];
}

function writeKey({ type, id }: EntityName): string {
  return `${type}::"${id}`;
}

/** Undefined: any of them. A data domain is not known of a tool here, so it may be that of any. */
function findPlaces(
  places: Places,
  scope: PolicyJson['action'] | PolicyJson['resource'],
): ReadonlySet<number> | undefined {
  if (scope.op === 'All') return undefined;
  const within = scope.op === 'is' ? scope.in : scope;
  if (within === undefined) return undefined;
  const named = 'entities' in within ? within.entities : 'entity' in within ? [within.entity] : [];
  const names = named.map(readEntityName);
  if (names.some(({ type }) => type === `${NAMESPACE}::DataDomain`)) return undefined;
  return new Set(names.flatMap((name) => [...(places.get(writeKey(name)) ?? [])]));
}
