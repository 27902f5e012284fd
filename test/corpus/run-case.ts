import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemaToJsonWithResolvedTypes } from '@cedar-policy/cedar-wasm/nodejs';
import { compilePolicies, readCedarEntity, readEntities, readRecord } from '@countersign/core';
import { applySchema, type SchemaReading } from './apply-schema.ts';
import type { CorpusCase, CorpusRequest } from './corpus-case.ts';
import { parseExactJson } from './exact-json.ts';
import { parsePolicies } from './parse-policies.ts';

/** What differs, one line for each request that does; none when all agree. Throws when the case cannot be run. */
export async function runCase(folder: string, { policies, ...one }: CorpusCase): Promise<string[]> {
  const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
  const compiled = compilePolicies({ staticPolicies: parsePolicies(await read(policies)) });
  const schema = parseSchema(await read(one.schema));
  const entities = readEntities(joinEntities(parseExactJson(await read(one.entities)), schema));
  return one.requests.flatMap((request, at) => {
    const action = readCedarEntity(request.action);
    const found = compiled.evaluate({
      principal: readCedarEntity(request.principal),
      action,
      resource: readCedarEntity(request.resource),
      context: readRecord(schema.readContext(action, request.context)),
      entities,
    });
    const reason = found.forbids.length > 0 ? found.forbids : found.permits;
    const ours = describe(
      found.decision,
      reason,
      found.errors.map(({ policyId }) => policyId),
    );
    const wanted = describe(request.decision, request.reason, request.errors);
    return ours === wanted ? [] : [`${nameRequest(request, at)}: wanted ${wanted}, got ${ours}`];
  });
}

function parseSchema(text: string): SchemaReading {
  const answer = schemaToJsonWithResolvedTypes(text);
  if (answer.type !== 'success') throw new Error(`the schema: ${answer.errors[0]?.message}`);
  return applySchema(answer.json);
}

/** The actions of the schema are entities, unless the file has them. */
function joinEntities(json: unknown, schema: SchemaReading): unknown[] {
  if (!Array.isArray(json)) throw new Error('the entities are not a list');
  const own = json.map((entity) => schema.readEntity(entity));
  const names = new Set(own.map(readKey));
  return [...own, ...schema.actions.filter((action) => !names.has(readKey(action)))];
}

function readKey(entity: unknown): string {
  return readCedarEntity(Object(entity).uid).key;
}

function describe(decision: string, reason: readonly string[], errors: readonly string[]): string {
  return `${decision} by [${[...reason].sort().join(', ')}], errors of [${[...errors].sort().join(', ')}]`;
}

function nameRequest({ description }: CorpusRequest, at: number): string {
  return `request ${at}${description === undefined ? '' : ` (${description})`}`;
}
