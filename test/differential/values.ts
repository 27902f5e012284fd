import fc, { type Arbitrary } from 'fast-check';
import { type Json, type JsonRecord, recordOf } from './json.ts';
import { constructors, long, text, wellFormedTexts } from './literals.ts';
import { attributes, type Kind, kinds, uid } from './world.ts';

const entity: Arbitrary<Json> = uid.map((found) => ({ __entity: found }));
const set: Arbitrary<Json> = fc.oneof(
  fc.array(fc.oneof(text, long, entity), { maxLength: 4 }),
  fc.array(text, { maxLength: 4 }),
  fc.array(entity, { maxLength: 3 }),
);

/** Values as entities and contexts hold them, in Cedar's JSON. */
export const { record } = fc.letrec<{ any: Json; record: JsonRecord }>((tie) => ({
  any: fc.oneof(...kinds.map((kind) => valueOfKind(kind, tie('record')))),
  record: fc.oneof(
    { maxDepth: 2 },
    { arbitrary: fc.constant(recordOf([])), weight: 1 },
    {
      arbitrary: fc
        .uniqueArray(member(tie('any'), tie('record')), { selector: ([name]) => name, maxLength: 4 })
        .map(recordOf),
      weight: 6,
    },
  ),
}));

function member(any: Arbitrary<Json>, inner: Arbitrary<JsonRecord>): Arbitrary<readonly [string, Json]> {
  const members = [...attributes].map(([name, kind]) => {
    const held = fc.oneof({ arbitrary: valueOfKind(kind, inner), weight: 9 }, { arbitrary: any, weight: 1 });
    return fc.tuple(fc.constant(name), held);
  });
  return fc.oneof(...members);
}

function valueOfKind(kind: Kind, inner: Arbitrary<JsonRecord>): Arbitrary<Json> {
  switch (kind) {
    case 'bool':
      return fc.boolean();
    case 'long':
      return long;
    case 'string':
      return text;
    case 'entity':
      return entity;
    case 'set':
      return set;
    case 'record':
      return inner;
    default:
      return fc
        .constantFrom(...wellFormedTexts[kind])
        .map((arg) => ({ __extn: { fn: constructors[kind], arg } }));
  }
}
