import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';
import { parseDocument } from 'yaml';

export const mostDocumentBytes = 8 * 1024 * 1024;
const limits = { depth: 128, keys: 400_000, bytes: 4 * mostDocumentBytes };
const mostAliases = 100;

/** An OpenAPI 3.0 or 3.1 document, hostile text in JSON or YAML. Throws `upstream.document_invalid`. */
export function readDocument(text: string): JsonObject {
  if (Buffer.byteLength(text) > mostDocumentBytes) throw refuse('it is too large');
  const parsed = parseStrictJson(isJson(text) ? text : readYaml(text), limits);
  if (!parsed.ok) throw refuse(`it cannot be read: ${parsed.code}`);
  const document = parsed.value;
  if (!isJsonObject(document)) throw refuse('it is no object');
  if (typeof document.openapi !== 'string' || !/^3\.[01]\.\d{1,3}$/.test(document.openapi))
    throw refuse('it does not say openapi: 3.0.x or 3.1.x');
  if (!isJsonObject(document.paths)) throw refuse('it has no paths');
  return document;
}

function isJson(text: string): boolean {
  return /^[\s]*\{/.test(text);
}

/** As JSON, so that one strict reader judges both: no tags, no duplicate keys, few aliases. */
function readYaml(text: string): string {
  try {
    const document = parseDocument(text, {
      schema: 'core',
      uniqueKeys: true,
      maxAliasCount: mostAliases,
    } as object);
    if (document.errors.length > 0 || document.warnings.length > 0) throw refuse('it is no plain YAML');
    return JSON.stringify(document.toJS({ maxAliasCount: mostAliases })) ?? 'null';
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : refuse('it is no plain YAML');
  }
}

export function refuse(detail: string): AppError {
  return new AppError('upstream.document_invalid', { detail });
}
