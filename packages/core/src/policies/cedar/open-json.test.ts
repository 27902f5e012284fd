import { describe, expect, it } from 'vitest';
import { CedarEvaluationError, CedarReadError } from './errors.ts';
import { openEntities, openRecord } from './open-json.ts';
import { readEntities } from './read-entities.ts';
import { readRecord } from './read-value.ts';
import { makeCedarEntity } from './value.ts';
import { writeCedarValue } from './write-value.ts';

const uid = (id: string, type = 'T') => ({ type, id });

describe('an opened record', () => {
  const json = {
    text: 'a',
    whole: 7,
    flag: false,
    list: ['b', 'a', 'b'],
    empty: {},
    inner: { deeper: { x: 1 }, y: 2 },
    one: { only: 1 },
    entity: { __entity: uid('e') },
    time: { __extn: { fn: 'datetime', arg: '2026-01-01' } },
    __proto: 'p',
    constructor: 'c',
  };

  it('says what the record says that is read at once', () => {
    expect(writeCedarValue(openRecord(json))).toEqual(writeCedarValue(readRecord(json)));
    expect(openRecord(json).get('toString')).toBeUndefined();
    expect(openRecord(JSON.parse('{"__proto__":{"a":1}}')).get('a')).toBeUndefined();
  });

  it.each([
    ['a fraction', 1.5],
    ['a number beyond exactness', 2 ** 53],
    ['null', null],
    ['half a character', '\ud800'],
    ['a bad escape', { __extn: { fn: 'ip', arg: 'nowhere' } }],
    ['an expression', { __expr: 'principal' }],
    ['a list with null in it', [null]],
  ])('errs whoever reads %s, and nobody else', (_name, value) => {
    const record = openRecord({ value, other: 1, inner: { value, other: 2 } });
    expect(record.get('other')).toBe(1);
    expect(() => record.get('value')).toThrow(CedarEvaluationError);
    const inner = record.get('inner');
    if (typeof inner !== 'object' || inner.kind !== 'record') throw new Error('no record');
    expect(inner.get('other')).toBe(2);
    expect(() => inner.get('value')).toThrow(CedarEvaluationError);
  });
});

describe('opened entities', () => {
  const chain = (length: number) =>
    Array.from({ length }, (_, at) => ({
      uid: uid(`e${at}`),
      attrs: { at },
      tags: { tag: at },
      parents: at + 1 < length ? [uid(`e${at + 1}`), uid('top'), uid('elsewhere', 'U')] : [],
    }));
  const names = (entities: readonly { readonly key: string }[]) => entities.map(({ key }) => key).sort();

  it.each([1, 3, 16, 17, 300])('are the %i that are read at once', (length) => {
    const [opened, read] = [openEntities(chain(length)), readEntities(chain(length))];
    for (const id of ['e0', 'e1', `e${length - 1}`, 'nobody']) {
      const entity = makeCedarEntity('T', id);
      expect(opened.attributes(entity)?.get('at')).toBe(read.attributes(entity)?.get('at'));
      expect(opened.tags(entity)?.get('tag')).toBe(read.tags(entity)?.get('tag'));
      expect(names(opened.ancestors(entity))).toEqual(names(read.ancestors(entity)));
    }
    expect(opened.attributes(makeCedarEntity('U', 'e0'))).toBeUndefined();
  });

  it('end where each is the ancestor of the other', () => {
    const ring = [
      { uid: uid('a'), parents: [uid('b')] },
      { uid: uid('b'), parents: [uid('a')] },
    ];
    expect(names(openEntities(ring).ancestors(makeCedarEntity('T', 'a')))).toEqual(['T::"a', 'T::"b']);
  });

  it('are refused when one is there twice, or has no name, or that of another', () => {
    const twice = (count: number) => [...chain(count), { uid: uid('e0') }];
    expect(() => openEntities(twice(3))).toThrow(CedarReadError);
    expect(() => openEntities(twice(40))).toThrow(CedarReadError);
    expect(() => openEntities([{ uid: 'T::"a"' }])).toThrow(CedarReadError);
    // Its key would be that of T::"x::"y".
    expect(() => openEntities([{ uid: uid('y', 'T::"x') }])).toThrow(CedarReadError);
  });
});
