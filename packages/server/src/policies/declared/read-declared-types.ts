import type { DetailedError, EntityJson, SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import { isJsonObject, type JsonValue, parseStrictJson } from '@countersign/core';
import { type Complaint, locate, type PolicyFile, toTextOffset } from '../bundle/complaint.ts';
import { useCedar } from '../engine/cedar.ts';
import { NAMESPACE } from '../schema/action-names.ts';
import { readEntityName } from '../schema/entity-name.ts';
import type { DeclaredTypes } from './declared-types.ts';

export const schemaEnding = '.cedarschema';
export const entitiesEnding = '.entities.json';

/** What `countersign policies schema` writes, which editors want beside the policies. It declares nothing. */
const generatedSchema = 'countersign.cedarschema';

// As with policies: the engine's recursion must not overflow its stack.
const DEEPEST_BRACKETS = 24;
const MOST_ENTITIES = 5_000;

export interface ReadTypes {
  /** Null when the bundle declares none, or when there are complaints. */
  readonly declared: DeclaredTypes | null;
  readonly complaints: readonly Complaint[];
}

/** Reads `*.cedarschema` and `*.entities.json` of a bundle; with any complaint the bundle is not to be used. */
export function readDeclaredTypes(files: readonly PolicyFile[]): ReadTypes {
  const schemas = files.filter(({ name }) => name.endsWith(schemaEnding) && name !== generatedSchema);
  const listed = files.filter(({ name }) => name.endsWith(entitiesEnding));
  const [first] = schemas;
  if (first === undefined) {
    const complaints = listed.map((file) =>
      complain(file, 0, 'no *.cedarschema declares the types of these entities'),
    );
    return { declared: null, complaints };
  }
  const deep = schemas.find(({ text }) => isTooDeep(text));
  if (deep !== undefined) return refuse([complain(deep, 0, 'this schema nests too deeply')]);
  // Read as one text, so that one file may use what another declares.
  const joined = joinTexts(schemas);
  const read = readSchema(joined.text);
  if ('errors' in read) return refuse(read.errors.map((error) => joined.locate(error)));
  if (Object.hasOwn(read.schema, NAMESPACE)) {
    return refuse([complain(first, 0, `namespace ${NAMESPACE} is this server's own`)]);
  }
  const entities: EntityJson[] = [];
  const complaints: Complaint[] = [];
  for (const file of listed) {
    const found = readEntities(file, read.schema);
    if (typeof found === 'string') complaints.push(complain(file, 0, found));
    else entities.push(...found);
  }
  if (complaints.length > 0) return refuse(complaints);
  const flaw = findRepeated(entities);
  const [file] = listed;
  if (flaw !== undefined && file !== undefined) return refuse([complain(file, 0, flaw)]);
  return { declared: { ...read, entities }, complaints: [] };
}

type ReadSchema = Pick<DeclaredTypes, 'schema' | 'resolved'> | { readonly errors: readonly DetailedError[] };

function readSchema(text: string): ReadSchema {
  try {
    const schema = useCedar((cedar) => cedar.schemaToJson(text));
    if (schema.type !== 'success') return schema;
    const resolved = useCedar((cedar) => cedar.schemaToJsonWithResolvedTypes(text));
    if (resolved.type !== 'success') return resolved;
    return { schema: schema.json, resolved: resolved.json };
  } catch {
    return {
      errors: [{ message: 'this schema cannot be read', help: null, code: null, url: null, severity: null }],
    };
  }
}

function readEntities(file: PolicyFile, schema: SchemaJson<string>): readonly EntityJson[] | string {
  const parsed = parseStrictJson(file.text, { depth: 24, keys: 100_000 });
  if (!parsed.ok) return `not strict JSON: ${parsed.code}`;
  if (!Array.isArray(parsed.value)) return 'a list of entities is expected';
  if (parsed.value.length > MOST_ENTITIES) return `more than ${MOST_ENTITIES} entities`;
  if (!parsed.value.every(hasName)) return 'each entity has uid: {type, id}, attrs and parents';
  const entities = parsed.value as unknown as EntityJson[];
  if (entities.some(({ uid }) => /(?:^|::)Action$/.test(readEntityName(uid).type)))
    return 'actions stand in the schema';
  try {
    const answer = useCedar((cedar) => cedar.checkParseEntities({ entities, schema }));
    return answer.type === 'success' ? entities : answer.errors.map(({ message }) => message).join('; ');
  } catch {
    return 'these entities cannot be read';
  }
}

function hasName(value: JsonValue): boolean {
  if (!isJsonObject(value) || !isJsonObject(value.uid)) return false;
  return typeof value.uid.type === 'string' && typeof value.uid.id === 'string';
}

function findRepeated(entities: readonly EntityJson[]): string | undefined {
  if (entities.length > MOST_ENTITIES) return `more than ${MOST_ENTITIES} entities`;
  const seen = new Set<string>();
  for (const { uid } of entities) {
    const name = JSON.stringify(uid);
    if (seen.has(name)) return `${name} is there twice`;
    seen.add(name);
  }
  return undefined;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const { 0: found } of text.matchAll(/\/\/[^\n]*|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[{}<>()[\]]/g)) {
    if ('{<(['.includes(found)) depth += 1;
    if ('}>)]'.includes(found)) depth -= 1;
    if (depth > DEEPEST_BRACKETS) return true;
  }
  return false;
}

interface JoinedTexts {
  readonly text: string;
  locate(error: DetailedError): Complaint;
}

function joinTexts(files: readonly PolicyFile[]): JoinedTexts {
  const starts: { readonly file: PolicyFile; readonly start: number }[] = [];
  let text = '';
  for (const file of files) {
    starts.push({ file, start: text.length });
    text += `${file.text}\n`;
  }
  return {
    text,
    locate(error) {
      const offset = toTextOffset(text, error.sourceLocations?.[0]?.start ?? 0);
      const found = starts.findLast(({ start }) => start <= offset) ?? starts[0];
      if (found === undefined) throw new Error('no schema was read');
      const parts = [error.message, error.help].filter((part) => typeof part === 'string' && part !== '');
      return complain(found.file, offset - found.start, parts.join('; '));
    },
  };
}

function complain(file: PolicyFile, offset: number, message: string): Complaint {
  return { severity: 'error', file: file.name, ...locate(file.text, offset), message };
}

function refuse(complaints: readonly Complaint[]): ReadTypes {
  return { declared: null, complaints };
}
