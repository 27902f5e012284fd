import { readPlaceholder } from './operation.ts';

export interface Template {
  readonly method: string;
  readonly segments: readonly string[];
}

/**
 * A template that some path would fit as well as this one, while neither is the more exact: what such a path means would
 * be a guess. Of `/pets/mine` and `/pets/{id}` the first is the more exact.
 */
export function findRival(templates: readonly Template[], template: Template): Template | undefined {
  return templates.find((other) => compare(other, template) === 'rivals');
}

/** Which of two templates that fit the same path is meant; undefined when that cannot be told. */
export function pickExact(a: Template, b: Template): Template | undefined {
  const order = compare(a, b);
  return order === 'rivals' ? undefined : order === 'second' ? b : a;
}

function compare(a: Template, b: Template): 'apart' | 'first' | 'second' | 'rivals' {
  if (a.method !== b.method || a.segments.length !== b.segments.length) return 'apart';
  let first = false;
  let second = false;
  for (const [i, segment] of a.segments.entries()) {
    const other = b.segments[i] ?? '';
    const isOpen = readPlaceholder(segment) !== undefined;
    const isOtherOpen = readPlaceholder(other) !== undefined;
    if (!isOpen && !isOtherOpen && segment !== other) return 'apart';
    if (!isOpen && isOtherOpen) first = true;
    if (isOpen && !isOtherOpen) second = true;
  }
  if (first === second) return 'rivals';
  return first ? 'first' : 'second';
}

/** Whether decoded segments of a path are what the template describes. */
export function fitsTemplate(segments: readonly string[], template: readonly string[]): boolean {
  if (segments.length !== template.length) return false;
  return template.every((one, i) => {
    const segment = segments[i] ?? '';
    return readPlaceholder(one) === undefined ? one === segment : segment !== '';
  });
}
