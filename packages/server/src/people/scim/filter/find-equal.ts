import type { Filter } from './parse-filter.ts';

/** The text that the attribute must be for the filter to match, so that an index can find it; undefined when any may. */
export function findEqual(filter: Filter, attribute: string): string | undefined {
  if (filter.kind === 'and')
    return filter.terms.map((term) => findEqual(term, attribute)).find((text) => text !== undefined);
  const isMeant =
    filter.kind === 'compare' &&
    filter.by === 'eq' &&
    filter.path.length === 1 &&
    filter.path[0]?.toLowerCase() === attribute.toLowerCase();
  return isMeant && typeof filter.value === 'string' ? filter.value : undefined;
}
