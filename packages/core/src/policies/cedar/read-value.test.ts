import { describe, expect, it } from 'vitest';
import { CedarReadError } from './errors.ts';
import { readEntities } from './read-entities.ts';
import { readCedarEntity, readCedarValue, readRecord, VALUE_DEPTH_LIMIT } from './read-value.ts';
import { type CedarValue, makeCedarEntity } from './value.ts';
import { writeCedarValue } from './write-value.ts';

const call = (fn: string, ...args: unknown[]) => ({
  __extn: args.length === 1 ? { fn, arg: args[0] } : { fn, args },
});
const nest = (depth: number): unknown => {
  let json: unknown = 1;
  for (let i = 0; i < depth; i++) json = [json];
  return json;
};

describe('values', () => {
  it.each([
    ['null', null],
    ['a fraction', 1.5],
    ['a number that is not exact', 2 ** 53],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a Long and one', 2n ** 63n],
    ['less than a Long', -(2n ** 63n) - 1n],
    ['undefined', [undefined]],
    ['a function', () => 1],
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate in a name', { 'a\udc00': 1 }],
    ['a lone surrogate in an id', { __entity: { type: 'A', id: '\ud800' } }],
    ['a type that is no name', { __entity: { type: 'A b', id: 'x' } }],
    ['a type that is a reserved word', { __entity: { type: 'A::if', id: 'x' } }],
    ['no type', { __entity: { type: '', id: 'x' } }],
    ['an expression', { __expr: 'principal' }],
    ['an unknown function', call('eval', '1')],
    ['a function named as a prototype member', call('constructor', '1')],
    ['an argument that is not right', call('ip', '1.2.3')],
    ['too many arguments', call('ip', '1.1.1.1', '1')],
    ['what nests too deep', nest(VALUE_DEPTH_LIMIT + 1)],
    ['what nests far too deep', nest(100_000)],
    ['calls that nest too deep', Array.from({ length: 100 }).reduce((inner) => call('toDate', inner), 1)],
  ])('refuses %s', (_name, json) => {
    expect(() => readCedarValue(json)).toThrow(CedarReadError);
  });

  it.each([
    ['entity and more', { __entity: { type: 'A', id: 'x' }, more: 1 }],
    ['entity without an id', { __entity: { type: 'A' } }],
    ['call without a function', { __extn: { arg: '1.1.1.1' } }],
    ['call without arguments', { __extn: { fn: 'ip' } }],
    ['call and more', { __extn: { fn: 'ip', arg: '1.1.1.1' }, more: 1 }],
    ['call that is a number', { __extn: 1 }],
    ['expression and more', { __expr: 'principal', more: 1 }],
    ['name alone', { type: 'A', id: 'x' }],
  ])('takes what only resembles an escape for a record: %s', (_name, json) => {
    expect(readCedarValue(json)).toMatchObject({ kind: 'record' });
  });

  it('has one zero and one form of each Long', () => {
    expect(Object.is(readCedarValue(-0), 0)).toBe(true);
    expect(readCedarValue(5n)).toBe(5);
    expect(readCedarValue(2n ** 53n)).toBe(2n ** 53n);
  });

  it('reads prototype names as ordinary ones', () => {
    const record = readRecord(JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}'));
    expect(record.names()).toEqual(['__proto__', 'constructor']);
    expect(record.get('constructor')).toBe(2);
    expect(record.get('toString')).toBeUndefined();
    const written = writeCedarValue(record);
    expect(Object.getPrototypeOf(written)).toBe(Object.prototype);
    expect(JSON.stringify(written)).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it('reads a set of a hundred thousand in no time, each member once', () => {
    const members = Array.from({ length: 100_000 }, (_, i) => ({ id: i % 50_000 }));
    const set = readCedarValue(members);
    expect(set).toMatchObject({ kind: 'set', size: 50_000 });
  });

  it('writes what it reads', () => {
    const json = {
      text: 'a',
      yes: true,
      least: call('toMilliseconds', call('duration', '-9223372036854775808ms')),
      set: [1, { a: [] }],
      entity: { __entity: { type: 'A::B', id: '"\n' } },
      ip4: call('ip', '10.0.0.1/8'),
      ip6: call('ip', '1:0:0:0:0:0:0:ff/128'),
      decimal: call('decimal', '-0.0500'),
      long: call('duration', '-1ms'),
      moment: call('offset', call('datetime', '1970-01-01'), call('duration', '-99999999999999999ms')),
    };
    const value: CedarValue = readCedarValue(json);
    expect(writeCedarValue(value)).toEqual(json);
  });

  it.each([
    ['a list', []],
    ['a text', 'a'],
    ['null', null],
  ])('takes no record from %s', (_name, json) => {
    expect(() => readRecord(json)).toThrow(CedarReadError);
  });
});

describe('entities', () => {
  const uid = (id: string) => ({ type: 'A', id });
  const entity = (id: string, ...parents: string[]) => ({
    uid: uid(id),
    attrs: {},
    parents: parents.map(uid),
  });

  it.each([
    ['one that is there twice', [entity('a'), entity('a')]],
    ['its own parent', [entity('a', 'a')]],
    ['its own ancestor', [entity('a', 'b'), entity('b', 'c'), entity('c', 'a')]],
    ['no name', [{ attrs: {}, parents: [] }]],
    ['no attributes', [{ uid: uid('a'), parents: [] }]],
    ['parents that are no list', [{ uid: uid('a'), attrs: {}, parents: 'b' }]],
    ['a text', ['a']],
    ['a name from the prototype', [Object.create({ uid: uid('a'), attrs: {} })]],
  ])('refuses %s', (_name, json) => {
    expect(() => readEntities(json)).toThrow(CedarReadError);
  });

  it('knows all ancestors, each once, also of a diamond and of those that are not there', () => {
    const store = readEntities([
      entity('a', 'b', 'c'),
      entity('b', 'd'),
      entity('c', 'd'),
      entity('d', 'gone'),
    ]);
    const ids = store.ancestors(makeCedarEntity('A', 'a')).map(({ id }) => id);
    expect(ids.sort()).toEqual(['b', 'c', 'd', 'gone']);
    expect(store.ancestors(makeCedarEntity('A', 'none'))).toEqual([]);
    expect(store.attributes(makeCedarEntity('A', 'none'))).toBeUndefined();
    expect(store.tags(makeCedarEntity('A', 'a'))?.names()).toEqual([]);
  });

  it('reads a line of two thousand', () => {
    const line = Array.from({ length: 2_000 }, (_, i) => entity(`${i}`, `${i + 1}`));
    expect(readEntities(line).ancestors(makeCedarEntity('A', '0'))).toHaveLength(2_000);
  });

  it('keeps names apart that join to the same text', () => {
    expect(readCedarEntity({ type: 'A', id: '"B' }).key).not.toBe(
      readCedarEntity({ type: 'A', id: 'B' }).key,
    );
  });
});
