import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Hints, Literal } from './collect-hints.ts';
import type { RecordShape, ValueType } from './read-types.ts';
import { pick, type Random } from './seeded-random.ts';

export interface ValueMaking {
  readonly random: Random;
  readonly hints: Hints;
  /** Entities that the value names, to be given attributes. */
  readonly named: { readonly type: string; readonly id: string }[];
}

const plainLongs = [0, 1, -1, 100, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
const plainTexts = ['', 'a', 'x/y', 'é😀'];
const plainExtensions: Readonly<Record<string, readonly string[]>> = {
  datetime: ['2026-01-01T00:00:00Z', '1970-01-01'],
  decimal: ['0.0', '1.5', '-1.0001'],
  duration: ['0ms', '1h'],
  ipaddr: ['127.0.0.1', '10.0.0.0/8', '::1'],
};

/** One in a hundred members is missing though it is required, or of a wrong kind: policies err on them. */
const WRONG_ONE_IN = 50;

export function makeRecord(
  making: ValueMaking,
  shape: RecordShape,
  path: string,
): Record<string, CedarValueJson> {
  const record: Record<string, CedarValueJson> = Object.create(null);
  for (const [name, { type, required }] of shape.members) {
    const at = `${path}.${name}`;
    // What a policy asks about is there more often than not.
    const absentOneIn = required ? WRONG_ONE_IN : making.hints.byPath.has(at) ? 5 : 2;
    if (making.random(absentOneIn) === 0) continue;
    record[name] = makeValue(making, type, at);
  }
  return record;
}

export function makeValue(making: ValueMaking, type: ValueType, path: string): CedarValueJson {
  const { random, hints } = making;
  if (random(WRONG_ONE_IN) === 0) return pick(random, [false, 7, 'wrong', [], {}]) ?? false;
  if (type.kind === 'Record') return makeRecord(making, type, path);
  if (type.kind === 'Set') {
    const count = random(4);
    return Array.from({ length: count }, () => makeValue(making, type.element, path));
  }
  const hinted = hints.byPath.get(path);
  const isHinted = hinted !== undefined && random(6) > 0;
  const usable = (isHinted ? hinted : hints.all).flatMap((literal) => fitLiteral(literal, type));
  const isLiteral = usable.length > 0 && (isHinted || random(4) > 0);
  const found = isLiteral ? pick(random, usable) : plainValue(random, type);
  if (type.kind === 'Entity' && typeof found === 'object') noteEntity(making, found);
  return found ?? false;
}

/** A literal and the values on either side of it. */
export function nearLiterals(literal: Literal): readonly CedarValueJson[] {
  if (typeof literal === 'number')
    return [literal - 1, literal, literal + 1].filter((near) => Number.isSafeInteger(near));
  if (typeof literal !== 'object') return [literal];
  if ('__extn' in literal) return nearExtensions(literal.__extn);
  return [{ __entity: literal.__entity as { type: string; id: string } }];
}

/** The literal and its neighbours, where it is of the type. */
function fitLiteral(
  literal: Literal,
  type: Exclude<ValueType, { kind: 'Record' | 'Set' }>,
): CedarValueJson[] {
  switch (type.kind) {
    case 'Boolean':
      return typeof literal === 'boolean' ? [literal] : [];
    case 'Long':
      return typeof literal === 'number' ? [...nearLiterals(literal)] : [];
    case 'String':
      return typeof literal === 'string' ? [literal] : [];
    case 'Entity':
      return typeof literal === 'object' && '__entity' in literal && isOfType(literal, type.type)
        ? [...nearLiterals(literal)]
        : [];
    case 'Extension': {
      if (typeof literal !== 'object' || !('__extn' in literal)) return [];
      const fn = type.name === 'ipaddr' ? 'ip' : type.name;
      return literal.__extn.fn === fn ? [...nearLiterals(literal)] : [];
    }
  }
}

function nearExtensions({ fn, arg }: { readonly fn: string; readonly arg: string }): CedarValueJson[] {
  const write = (text: string): CedarValueJson => ({ __extn: { fn, arg: text } });
  const parts = fn === 'decimal' ? /^(-?\d{1,14})\.(\d{1,4})$/.exec(arg) : null;
  if (parts === null) return [write(arg)];
  const [, whole = '0', part = '0'] = parts;
  const scaled = BigInt(whole + part.padEnd(4, '0'));
  return [scaled - 1n, scaled, scaled + 1n].map((near) => write(writeDecimal(near)));
}

function writeDecimal(scaled: bigint): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(5, '0');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function isOfType(literal: { readonly __entity: CedarValueJson }, type: string): boolean {
  return (literal.__entity as { readonly type?: unknown } | null)?.type === type;
}

function plainValue(random: Random, type: Exclude<ValueType, { kind: 'Record' | 'Set' }>): CedarValueJson {
  switch (type.kind) {
    case 'Boolean':
      return random(2) === 0;
    case 'Long':
      return pick(random, plainLongs) ?? 0;
    case 'String':
      return pick(random, plainTexts) ?? '';
    case 'Entity':
      return { __entity: { type: type.type, id: pick(random, ['x', 'y']) ?? 'x' } };
    case 'Extension': {
      const fn = type.name === 'ipaddr' ? 'ip' : type.name;
      return { __extn: { fn, arg: pick(random, plainExtensions[type.name] ?? []) ?? '' } };
    }
  }
}

function noteEntity({ named }: ValueMaking, value: CedarValueJson): void {
  const name = (value as { readonly __entity?: { readonly type: string; readonly id: string } }).__entity;
  if (name !== undefined && named.length < 50) named.push({ type: name.type, id: name.id });
}
