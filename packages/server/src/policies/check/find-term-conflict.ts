import { ACTION_TYPE } from '../schema/action-names.ts';
import type { EntityName } from '../schema/entity-name.ts';
import { isWithin, type SchemaNames, toolType, upstreamType } from './known-names.ts';
import {
  type Constant,
  isSameConstant,
  type Literal,
  type PatternPart,
  writeConstant,
  writeEntity,
} from './literal.ts';
import { arePrefixesApart, doesMatch, isAnyText, isCovered } from './text-pattern.ts';

type Of<Kind extends Literal['kind']> = Extract<Literal, { readonly kind: Kind }>;

interface Sorted {
  readonly is: readonly Of<'equals'>[];
  readonly isNot: readonly Of<'equals'>[];
  readonly ranges: readonly Of<'range'>[];
  readonly likes: readonly Of<'like'>[];
  readonly unlikes: readonly Of<'like'>[];
  readonly within: readonly EntityName[];
  readonly without: readonly EntityName[];
  readonly types: readonly string[];
  readonly notTypes: readonly string[];
}

const MOST_EXCLUDED = 64;

/** Whether a single literal can be a contradiction by itself. */
export function canConflictAlone(literals: readonly Literal[]): boolean {
  return literals.some(({ kind }) => kind === 'like');
}

/** Why one value cannot be all of this; undefined when that is not proven. */
export function findTermConflict(
  names: SchemaNames,
  term: string,
  literals: readonly Literal[],
): string | undefined {
  const shown = term.length > 80 ? 'one value' : term;
  const opaque = literals.filter((literal) => literal.kind === 'opaque');
  if (opaque.some((literal) => literal.holds) && opaque.some((literal) => !literal.holds))
    return `${shown} would have to hold and not hold`;
  const sorted = sort(literals);
  const found =
    findUnequal(sorted) ??
    findOutside(sorted) ??
    findUnlike(sorted) ??
    findElsewhere(names, sorted) ??
    findMistyped(sorted);
  return found && `${shown} ${found}`;
}

function sort(literals: readonly Literal[]): Sorted {
  const of = <Kind extends Literal['kind']>(kind: Kind): Of<Kind>[] =>
    literals.filter((literal): literal is Of<Kind> => literal.kind === kind);
  const [equals, likes, within, types] = [of('equals'), of('like'), of('within'), of('is')];
  return {
    is: equals.filter((one) => one.holds),
    isNot: equals.filter((one) => !one.holds),
    ranges: of('range'),
    likes: likes.filter((one) => one.holds),
    unlikes: likes.filter((one) => !one.holds),
    within: within.filter((one) => one.holds).map((one) => one.entity),
    without: within.filter((one) => !one.holds).map((one) => one.entity),
    types: types.filter((one) => one.holds).map((one) => one.type),
    notTypes: types.filter((one) => !one.holds).map((one) => one.type),
  };
}

function findUnequal({ is, isNot }: Sorted): string | undefined {
  const [first] = is;
  if (first === undefined) return undefined;
  const other = is.find((one) => !isSameConstant(one.value, first.value));
  if (other) return `would have to be ${writeConstant(first.value)} and ${writeConstant(other.value)}`;
  const denied = isNot.some((one) => isSameConstant(one.value, first.value));
  return denied ? `would have to be ${writeConstant(first.value)} and something else` : undefined;
}

function findOutside({ is, isNot, ranges }: Sorted): string | undefined {
  let least = Math.max(...ranges.map((range) => range.least ?? -Infinity));
  let most = Math.min(...ranges.map((range) => range.most ?? Infinity));
  if (ranges.length === 0) return undefined;
  const longs = (literals: readonly Of<'equals'>[]): number[] =>
    literals.flatMap(({ value }) => (value.kind === 'long' ? [value.value] : []));
  if (least > most) return `would have to be at least ${least} and at most ${most}`;
  const outside = longs(is).find((value) => value < least || value > most);
  if (outside !== undefined) return `would have to be ${outside}, which is out of its bounds`;
  const excluded = new Set(longs(isNot).slice(0, MOST_EXCLUDED));
  while (excluded.has(least) && least <= most) least += 1;
  while (excluded.has(most) && least <= most) most -= 1;
  return least > most ? 'has no value left between its bounds' : undefined;
}

function findUnlike({ is, likes, unlikes }: Sorted): string | undefined {
  const texts = is.flatMap(({ value }) => (value.kind === 'text' ? [value.value] : []));
  const [text] = texts;
  if (text !== undefined) {
    if (likes.some((one) => !doesMatch(one.pattern, text)))
      return `would have to be "${text}" and be like another pattern`;
    if (unlikes.some((one) => doesMatch(one.pattern, text)))
      return `would have to be "${text}" and not be like it`;
  }
  if (unlikes.some((one) => isAnyText(one.pattern))) return 'would have to be unlike "*"';
  const patterns: readonly (readonly PatternPart[])[] = likes.map((one) => one.pattern);
  if (patterns.some((a, at) => patterns.slice(at + 1).some((b) => arePrefixesApart(a, b))))
    return 'would have to begin or end in two ways';
  if (unlikes.some((no) => patterns.some((yes) => isCovered(yes, no.pattern))))
    return 'would have to be like a pattern and unlike a wider one';
  return undefined;
}

function findElsewhere(names: SchemaNames, sorted: Sorted): string | undefined {
  const [value] = entities(sorted.is.map((one) => one.value));
  for (const outer of sorted.within) {
    if (value && isWithin(names, value, outer) === false)
      return `would have to be ${writeEntity(value)}, which is not in ${writeEntity(outer)}`;
    const excluded = sorted.without.find((one) => isWithin(names, outer, one) === true);
    if (excluded) return `would have to be in ${writeEntity(outer)} but not in ${writeEntity(excluded)}`;
    const apart = sorted.within.find((one) => areApart(names, outer, one));
    if (apart) return `would have to be in ${writeEntity(outer)} and in ${writeEntity(apart)}`;
  }
  const inside = value && sorted.without.find((one) => isWithin(names, value, one) === true);
  return inside && `would have to be ${writeEntity(value)} but not in ${writeEntity(inside)}`;
}

/** Nothing is in two upstreams, or in two tools, or in two actions that are no groups. */
function areApart(names: SchemaNames, a: EntityName, b: EntityName): boolean {
  if (a.id === b.id || a.type !== b.type) return false;
  if (a.type === upstreamType || a.type === toolType) return true;
  const isSingle = ({ id }: EntityName): boolean => (names.actions.get(id)?.resourceTypes.length ?? 0) > 0;
  return a.type === ACTION_TYPE && isSingle(a) && isSingle(b);
}

function findMistyped({ is, within, types, notTypes }: Sorted): string | undefined {
  const [value] = entities(is.map((one) => one.value));
  const [first] = types;
  const type = value?.type ?? first;
  if (type === undefined) return undefined;
  const other = types.find((one) => one !== type);
  if (other) return `would have to be a ${type} and a ${other}`;
  if (notTypes.includes(type)) return `would have to be a ${type} and not be one`;
  // What is in a tool is that tool.
  const inTool = within.some((outer) => outer.type === toolType) && type !== toolType;
  return inTool ? `would have to be a ${type} in a tool` : undefined;
}

function entities(values: readonly Constant[]): readonly EntityName[] {
  return values.flatMap((value) => (value.kind === 'entity' ? [{ type: value.type, id: value.id }] : []));
}
