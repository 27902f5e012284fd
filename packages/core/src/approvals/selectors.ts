import { isId } from '../ids.ts';
import { coversSelector, type PersonSelector, sortSelectors } from './requirement.ts';

const MOST_SELECTORS = 16;

/** People named in an annotation, divided by commas; undefined when one of them is unreadable or there are too many. */
export function parseSelectors(text: string): PersonSelector[] | undefined {
  const selectors: PersonSelector[] = [];
  for (const part of text.split(',')) {
    const selector = part.trim();
    if (!isSelector(selector)) return undefined;
    selectors.push(selector);
  }
  return selectors.length > MOST_SELECTORS ? undefined : sortSelectors(selectors);
}

function isSelector(text: string): text is PersonSelector {
  if (text === 'owner' || text === 'requester') return true;
  if (text.startsWith('person:')) return isId('per', text.slice('person:'.length));
  return /^(role|group|oncall|rota):[a-z][a-z0-9_-]{0,63}$/.test(text);
}

/** Those whom both lists name. Two names in which nothing tells that they share people share none. */
export function intersectSelectors(
  first: readonly PersonSelector[],
  second: readonly PersonSelector[],
): PersonSelector[] {
  const within = (one: PersonSelector, all: readonly PersonSelector[]): boolean =>
    all.some((wide) => coversSelector(wide, one));
  return sortSelectors([
    ...first.filter((one) => within(one, second)),
    ...second.filter((one) => within(one, first)),
  ]);
}
