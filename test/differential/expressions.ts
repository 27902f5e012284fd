import fc, { type Arbitrary } from 'fast-check';
import { type Json, type JsonRecord, recordOf } from './json.ts';
import { constructors, extensionTexts, long, text } from './literals.ts';
import { attributes, type Extension, entityTypes, type Kind, kinds, name, tag, uid } from './world.ts';

export type Expression = JsonRecord;

type Tie = (kind: Kind | 'any') => Arbitrary<Expression>;
type Weighted = { readonly arbitrary: Arbitrary<Expression>; readonly weight: number };

const depth = { maxDepth: 4, depthSize: 'small', depthIdentifier: 'expression' } as const;

const variable = fc
  .constantFrom('principal', 'action', 'resource', 'context')
  .map((found) => ({ Var: found }));
const entityVariable = fc.constantFrom('principal', 'action', 'resource').map((found) => ({ Var: found }));
const pattern = fc.array(
  fc.oneof(
    fc.constant('Wildcard'),
    text.map((found): Json => ({ Literal: found })),
  ),
  { minLength: 1, maxLength: 5 },
);

const decimalOrder = ['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'];

/** Expressions of Cedar's JSON form by the kind of their value; a part of them, deep inside, is of the wrong kind. */
const expressions = fc.letrec<Record<Kind | 'any', Expression>>((tie) => {
  // One operand in twenty is of whatever kind.
  const loose: Tie = (kind) =>
    fc.oneof({ arbitrary: tie(kind), weight: 19 }, { arbitrary: tie('any'), weight: 1 });
  const byKind = kinds.map((kind) => {
    const [leaf, ...others] = [
      ...leaves(kind),
      ...reads(kind, loose),
      ...operators(kind, loose),
      choice(kind, loose),
    ];
    if (leaf === undefined) throw new Error(`no expression of kind ${kind}`);
    return [kind, fc.oneof(depth, leaf, ...others)] as const;
  });
  const any = fc.oneof(...kinds.map((kind) => tie(kind)));
  return Object.fromEntries([...byKind, ['any', any]]) as Record<Kind | 'any', Arbitrary<Expression>>;
});

/** What a policy asks; usually something that is true or false. */
export const condition: Arbitrary<Expression> = fc.oneof(
  { arbitrary: expressions.bool, weight: 30 },
  { arbitrary: expressions.any, weight: 1 },
);

function weigh(weight: number, arbitrary: Arbitrary<Expression>): Weighted {
  return { arbitrary, weight };
}

function leaves(kind: Kind): Weighted[] {
  switch (kind) {
    case 'bool':
      return [weigh(2, fc.boolean().map(literal))];
    case 'long':
      return [weigh(6, long.map(literal))];
    case 'string':
      return [weigh(6, text.map(literal))];
    case 'entity':
      return [
        weigh(6, entityVariable),
        weigh(
          4,
          uid.map((found) => literal({ __entity: found })),
        ),
      ];
    case 'set':
      return [
        weigh(
          2,
          fc.array(text, { maxLength: 3 }).map((all) => ({ Set: all.map(literal) })),
        ),
      ];
    case 'record':
      return [weigh(6, fc.constant({ Var: 'context' }))];
    default:
      return [weigh(4, construct(kind))];
  }
}

/** A value read of a variable, of an entity or of a record. */
function reads(kind: Kind, tie: Tie): Weighted[] {
  const named = [...attributes].filter(([, held]) => held === kind).map(([found]) => found);
  if (named.length === 0) return [];
  const attr = fc.oneof({ arbitrary: fc.constantFrom(...named), weight: 12 }, { arbitrary: name, weight: 1 });
  const left = fc.oneof(
    { arbitrary: variable, weight: 8 },
    { arbitrary: tie('entity'), weight: 1 },
    { arbitrary: tie('record'), weight: 1 },
  );
  const tagged = fc.record({ left: tie('entity'), right: tag.map(literal) });
  return [
    weigh(
      6,
      fc.record({ left, attr }).map((found) => ({ '.': found })),
    ),
    weigh(
      1,
      tagged.map((found) => ({ getTag: found })),
    ),
  ];
}

function choice(kind: Kind, tie: Tie): Weighted {
  const parts = fc.tuple(tie('bool'), tie(kind), tie(kind));
  return weigh(
    1,
    parts.map(([test, whenTrue, whenFalse]) => ({
      'if-then-else': recordOf([
        ['if', test],
        ['then', whenTrue],
        ['else', whenFalse],
      ]),
    })),
  );
}

function operators(kind: Kind, tie: Tie): Weighted[] {
  switch (kind) {
    case 'bool':
      return [...logic(tie), ...comparisons(tie), ...membership(tie), ...extensionTests(tie)];
    case 'long':
      return [
        weigh(2, binary(['+', '-', '*'], tie('long'), tie('long'))),
        weigh(1, unary('neg', tie('long'))),
        weigh(1, call(['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays'], tie('duration'))),
      ];
    case 'set':
      return [
        weigh(
          2,
          fc
            .array(fc.oneof(tie('string'), tie('entity'), tie('any')), { maxLength: 3 })
            .map((all) => ({ Set: all })),
        ),
      ];
    case 'record': {
      const members = fc.uniqueArray(fc.tuple(name, tie('any')), {
        selector: ([found]) => found,
        maxLength: 3,
      });
      return [
        weigh(
          2,
          members.map((all) => ({ Record: recordOf(all) })),
        ),
      ];
    }
    case 'datetime':
      return [
        weigh(1, call(['offset'], tie('datetime'), tie('duration'))),
        weigh(1, call(['toDate'], tie('datetime'))),
      ];
    case 'duration':
      return [
        weigh(1, call(['durationSince'], tie('datetime'), tie('datetime'))),
        weigh(1, call(['toTime'], tie('datetime'))),
      ];
    default:
      return [];
  }
}

function logic(tie: Tie): Weighted[] {
  return [weigh(4, binary(['&&', '||'], tie('bool'), tie('bool'))), weigh(2, unary('!', tie('bool')))];
}

function comparisons(tie: Tie): Weighted[] {
  const order = ['<', '<=', '>', '>='];
  const same = kinds.map((kind) => weigh(1, binary(['==', '!='], tie(kind), tie(kind))));
  return [
    ...same,
    // The edge of an order, and what is equal to itself.
    ...kinds.map((kind) => weigh(1, withItself([...order, '==', '!='], tie(kind)))),
    weigh(2, withItself(order, tie('long'))),
    weigh(5, binary(order, tie('long'), tie('long'))),
    weigh(2, binary(order, tie('datetime'), tie('datetime'))),
    weigh(2, binary(order, tie('duration'), tie('duration'))),
    weigh(1, binary(['==', '!='], tie('any'), tie('any'))),
    weigh(
      3,
      fc.record({ left: tie('string'), pattern }).map((found) => ({ like: found })),
    ),
  ];
}

function membership(tie: Tie): Weighted[] {
  const entities = fc.array(tie('entity'), { maxLength: 3 }).map((all) => ({ Set: all }));
  const type = fc.constantFrom(...entityTypes, 'Ns::Other');
  const left = tie('entity');
  const holder = fc.oneof(
    { arbitrary: variable, weight: 4 },
    { arbitrary: tie('entity'), weight: 1 },
    { arbitrary: tie('record'), weight: 1 },
  );
  return [
    weigh(4, binary(['in'], left, tie('entity'))),
    weigh(2, binary(['in'], left, fc.oneof(entities, tie('set')))),
    weigh(
      2,
      fc.record({ left, entity_type: type }).map((found) => ({ is: found })),
    ),
    weigh(
      2,
      fc.record({ left, entity_type: type, in: tie('entity') }).map((found) => ({ is: found })),
    ),
    weigh(
      5,
      fc.record({ left: holder, attr: name }).map((found) => ({ has: found })),
    ),
    weigh(
      2,
      fc
        .record({ left: holder, attr: fc.array(name, { minLength: 1, maxLength: 3 }) })
        .map((found) => ({ has: found })),
    ),
    weigh(1, binary(['hasTag'], left, tag.map(literal))),
    weigh(1, binary(['hasTag', 'getTag'], left, tie('string'))),
    weigh(2, binary(['contains'], tie('set'), tie('any'))),
    weigh(2, binary(['contains'], tie('set'), tie('string'))),
    weigh(2, binary(['containsAll', 'containsAny'], tie('set'), tie('set'))),
    weigh(1, unary('isEmpty', tie('set'))),
  ];
}

function extensionTests(tie: Tie): Weighted[] {
  return [
    weigh(2, call(['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast'], tie('ipaddr'))),
    weigh(2, call(['isInRange'], tie('ipaddr'), tie('ipaddr'))),
    weigh(3, call(decimalOrder, tie('decimal'), tie('decimal'))),
    weigh(1, callWithItself([...decimalOrder, 'isInRange'], fc.oneof(tie('decimal'), tie('ipaddr')))),
  ];
}

function construct(kind: Extension): Arbitrary<Expression> {
  return fc
    .constantFrom(...extensionTexts[kind])
    .map((found) => ({ [constructors[kind]]: [literal(found)] }));
}

function literal(value: Json): Expression {
  return { Value: value };
}

function unary(operator: string, arg: Arbitrary<Expression>): Arbitrary<Expression> {
  return arg.map((found) => ({ [operator]: { arg: found } }));
}

function binary(
  names: readonly string[],
  left: Arbitrary<Expression>,
  right: Arbitrary<Expression>,
): Arbitrary<Expression> {
  return fc.tuple(fc.constantFrom(...names), left, right).map(([operator, ...sides]) => ({
    [operator]: { left: sides[0], right: sides[1] },
  }));
}

function withItself(names: readonly string[], side: Arbitrary<Expression>): Arbitrary<Expression> {
  return fc
    .tuple(fc.constantFrom(...names), side)
    .map(([operator, same]) => ({ [operator]: { left: same, right: same } }));
}

function callWithItself(names: readonly string[], arg: Arbitrary<Expression>): Arbitrary<Expression> {
  return fc.tuple(fc.constantFrom(...names), arg).map(([found, same]) => ({ [found]: [same, same] }));
}

function call(names: readonly string[], ...args: Arbitrary<Expression>[]): Arbitrary<Expression> {
  return fc.tuple(fc.constantFrom(...names), ...args).map(([found, ...given]) => ({ [found]: given }));
}
