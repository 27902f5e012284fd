import { isJsonObject, type JsonObject } from '@countersign/core';

export const apiMethods = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const;
export type ApiMethod = (typeof apiMethods)[number];

/** How a value is spelled: alone, once an item, all in one with commas, or as `name[member]`. */
export type ValueShape = 'single' | 'list' | 'commas' | 'map';
export type ValueType = 'integer' | 'number' | 'boolean' | 'string';

export interface ApiField {
  readonly name: string;
  readonly shape: ValueShape;
  /** What its text, or that of each item, can stand for; the first that fits counts. */
  readonly types: readonly ValueType[];
}

export interface ApiParameter extends ApiField {
  readonly in: 'path' | 'query' | 'header';
}

/** How calls of a tool become HTTP requests. It is part of the tool's pinned definition. */
export interface ApiOperation {
  readonly method: ApiMethod;
  /** Template: each segment is literal, or one `{parameter}`. */
  readonly path: string;
  readonly parameters: readonly ApiParameter[];
  readonly body: ApiBody | null;
  /** Media types of bodies that are passed on unread. */
  readonly uploads: readonly string[];
  /** Headers of answers that its document names, in lower case. */
  readonly answers: readonly string[];
}

export interface ApiBody {
  readonly kind: 'json' | 'form';
  readonly mediaType: string;
  /** Of a form. */
  readonly fields: readonly ApiField[];
}

/** Where the operation is kept in a definition's `_meta`. */
export const operationKey = 'countersign/http';

const known = new WeakMap<JsonObject, ApiOperation | null>();

/** The operation that a definition of an HTTP API stands for: this server wrote it when it imported the API. */
export function readOperation(definition: JsonObject): ApiOperation | undefined {
  let operation = known.get(definition);
  if (operation === undefined) {
    const meta = definition._meta;
    const kept = isJsonObject(meta) && Object.hasOwn(meta, operationKey) ? meta[operationKey] : undefined;
    operation = isJsonObject(kept) ? (kept as unknown as ApiOperation) : null;
    known.set(definition, operation);
  }
  return operation ?? undefined;
}

/** The name of a segment that is a parameter. */
export function readPlaceholder(segment: string): string | undefined {
  return /^\{([^{}]+)\}$/.exec(segment)?.[1];
}
