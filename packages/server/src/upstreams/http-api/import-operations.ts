import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { describeTool, type OwnHeaders } from './describe-tool.ts';
import { type ApiMethod, apiMethods } from './operation.ts';
import { findRival, type Template } from './path-template.ts';
import { UnusablePart } from './resolve-reference.ts';

/** What an OpenAPI document has to offer. */
export interface ImportedApi {
  readonly tools: readonly JsonObject[];
  /** Operations that cannot be offered, by name or by method and path, and why. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

const mostOperations = 4_000;
const longestName = 128;
const longestPath = 1_024;

/** Makes each operation of a document a tool definition. Never throws for what one operation is like. */
export function importOperations(document: JsonObject, own: OwnHeaders): ImportedApi {
  const found = listOperations(document);
  const refused: { name: string; reason: string }[] = [];
  const tools: JsonObject[] = [];
  const names = countNames(found);
  const templates: Template[] = [];
  for (const operation of found.slice(0, mostOperations)) {
    const { name, method, path } = operation;
    const refuse = (reason: string) =>
      refused.push({ name: `${method} ${path}`.slice(0, 200).toWellFormed(), reason });
    if ((names.get(name) ?? 0) > 1) {
      refuse(`more than one operation would be called ${name}`);
      continue;
    }
    try {
      const template = { method, segments: path.split('/').slice(1) };
      const rival = findRival(templates, template);
      if (rival !== undefined)
        throw new UnusablePart(`it cannot be told from ${method} /${rival.segments.join('/')}`);
      tools.push(describeTool(document, operation, own));
      templates.push(template);
    } catch (thrown) {
      if (!(thrown instanceof UnusablePart)) throw thrown;
      refuse(thrown.message);
    }
  }
  if (found.length > mostOperations)
    refused.push({ name: '…', reason: `only ${mostOperations} operations of one API are imported` });
  return { tools, refused };
}

export interface FoundOperation {
  readonly name: string;
  readonly method: ApiMethod;
  readonly path: string;
  readonly item: JsonObject;
  readonly operation: JsonObject;
}

function listOperations({ paths }: JsonObject): readonly FoundOperation[] {
  const found: FoundOperation[] = [];
  for (const [path, item] of Object.entries(isJsonObject(paths) ? paths : {})) {
    if (!isJsonObject(item) || path.length > longestPath) continue;
    for (const method of apiMethods) {
      const operation = item[method.toLowerCase()];
      if (!isJsonObject(operation)) continue;
      found.push({ name: nameOperation(operation.operationId, method, path), method, path, item, operation });
    }
  }
  return found;
}

/** Its own id where that is fit to be a name, or its method and path. */
function nameOperation(id: JsonValue | undefined, method: string, path: string): string {
  const text =
    typeof id === 'string' && id !== '' ? id : `${method.toLowerCase()}${path === '/' ? '/root' : path}`;
  const name = text
    .replaceAll(/[{}]/g, '')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return name.slice(0, longestName) || 'operation';
}

function countNames(found: readonly FoundOperation[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of found) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
