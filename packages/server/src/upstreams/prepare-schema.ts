import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';

/** Its cost is added to every subschema, so that whatever evaluates one pays for it. */
export const costKeyword = 'x-countersign-cost';

const deepest = 32;
// Beside its own work, an evaluation that fails leaves an error object behind.
const evaluationUnits = 20;
const mostSubschemas = 5_000;

const oneSchema = new Set(
  'additionalItems additionalProperties contains else if items not propertyNames then unevaluatedItems unevaluatedProperties'.split(
    ' ',
  ),
);
const listOfSchemas = new Set(['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems']);
const mapOfSchemas = new Set(
  '$defs definitions dependencies dependentSchemas patternProperties properties'.split(' '),
);
// `$async` would make ajv answer with a promise, which is always truthy; the others let one name mean several schemas.
const refused = new Set([
  '$async',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$recursiveAnchor',
  '$vocabulary',
  '$data',
]);
const dropped = new Set(['$id', 'id', '$schema', '$comment', costKeyword]);

interface Survey {
  readonly places: Set<string>;
  readonly references: string[];
  count: number;
}

/**
 * A copy of a hostile JSON schema in which every subschema carries its cost, references stay inside, and nothing is
 * left that would change how ajv works. Throws an `Error` that says what is not acceptable.
 */
export function prepareSchema(schema: JsonObject): JsonObject {
  const survey: Survey = { places: new Set(), references: [], count: 0 };
  const prepared = prepare(schema, '', 0, survey);
  for (const reference of survey.references) {
    if (!survey.places.has(decodeReference(reference)))
      throw new Error('$ref must lead to a subschema of the same schema');
  }
  return prepared;
}

function prepare(schema: JsonObject, place: string, depth: number, survey: Survey): JsonObject {
  if (depth > deepest) throw new Error('the schema is too deep');
  if (++survey.count > mostSubschemas) throw new Error('the schema is too large');
  survey.places.add(place);
  let cost = evaluationUnits;
  const members: [string, JsonValue][] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (refused.has(keyword)) throw new Error(`${keyword} is not supported`);
    if (dropped.has(keyword)) {
      if (keyword === '$id' && place !== '') throw new Error('a nested $id is not supported');
      continue;
    }
    if (keyword === '$ref') survey.references.push(String(value));
    if (keyword === '$anchor') survey.places.add(`#${String(value)}`);
    cost += isJsonObject(value) || Array.isArray(value) ? Object.keys(value).length : 1;
    members.push([
      keyword,
      prepareMember(keyword, value, `${place}/${escapeToken(keyword)}`, depth + 1, survey),
    ]);
  }
  return Object.fromEntries([...members, [costKeyword, cost]]);
}

function prepareMember(
  keyword: string,
  value: JsonValue,
  place: string,
  depth: number,
  survey: Survey,
): JsonValue {
  if (isJsonObject(value)) {
    if (oneSchema.has(keyword)) return prepare(value, place, depth, survey);
    if (!mapOfSchemas.has(keyword)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name,
        isJsonObject(one) ? prepare(one, `${place}/${escapeToken(name)}`, depth, survey) : one,
      ]),
    );
  }
  if (!Array.isArray(value) || !listOfSchemas.has(keyword)) return value;
  return value.map((one: JsonValue, i) =>
    isJsonObject(one) ? prepare(one, `${place}/${i}`, depth, survey) : one,
  );
}

/** A place as `prepare` spells it: a JSON pointer, or `#name` for an anchor. */
function decodeReference(reference: string): string {
  if (!reference.startsWith('#')) throw new Error('$ref must stay inside the schema');
  const fragment = decodeURIComponent(reference.slice(1));
  return fragment === '' || fragment.startsWith('/') ? fragment : `#${fragment}`;
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
