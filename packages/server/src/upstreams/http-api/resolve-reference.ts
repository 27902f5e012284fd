import { findAtPointer, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';

/** A part of the document that cannot be used, and why; only what depends on it is refused. */
export class UnusablePart extends Error {
  override readonly name = 'UnusablePart';
}

const longestChain = 16;

/** What a `$ref` leads to, within the document alone: nothing is ever loaded. Throws `UnusablePart`. */
export function resolveReference(document: JsonObject, value: JsonValue | undefined): JsonObject {
  let found = value;
  for (let steps = 0; steps < longestChain; steps++) {
    if (!isJsonObject(found)) throw new UnusablePart('a part of its description is missing');
    if (found.$ref === undefined) return found;
    found = followReference(document, found.$ref);
  }
  throw new UnusablePart('a $ref leads in circles');
}

/** One step. Throws `UnusablePart`. */
export function followReference(document: JsonObject, reference: JsonValue): JsonValue | undefined {
  if (typeof reference !== 'string' || !reference.startsWith('#/'))
    throw new UnusablePart('a $ref leads out of the document');
  let pointer: string;
  try {
    pointer = decodeURIComponent(reference.slice(1));
  } catch {
    throw new UnusablePart('a $ref cannot be read');
  }
  return findAtPointer(document, pointer)[0];
}
