import { AppError } from '@countersign/api';
import type { JsonRecord } from './json.ts';
import { mostResources } from './list-query.ts';
import { type AgentUrn, enterpriseUrn, groupUrn, listSchemas, userUrn } from './schemas.ts';
import { showList } from './scim-request.ts';

/** RFC 7643 §5. */
export function describeProvider(baseUrl: string): JsonRecord {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: mostResources },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'Made with: countersign people scim-tokens add',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

/** RFC 7643 §6. */
export function listTypes(baseUrl: string, agentUrn: AgentUrn | null): readonly JsonRecord[] {
  const describe = (name: string, schema: string, extensions: readonly JsonRecord[] = []): JsonRecord => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema,
    ...(extensions.length === 0 ? {} : { schemaExtensions: extensions }),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
  });
  return [
    describe('User', userUrn, [{ schema: enterpriseUrn, required: false }]),
    describe('Group', groupUrn),
    ...(agentUrn === null ? [] : [describe('Agent', agentUrn)]),
  ];
}

export function showTypes(baseUrl: string, agentUrn: AgentUrn | null, id?: string): JsonRecord {
  return showOneOrAll(listTypes(baseUrl, agentUrn), id);
}

export function showSchemas(baseUrl: string, agentUrn: AgentUrn, id?: string): JsonRecord {
  return showOneOrAll(listSchemas(agentUrn, `${baseUrl}/Schemas`), id);
}

function showOneOrAll(all: readonly JsonRecord[], id: string | undefined): JsonRecord {
  if (id === undefined) return showList(all, { total: all.length, startIndex: 1 });
  const one = all.find((candidate) => candidate.id === id);
  if (one === undefined) throw new AppError('person.scim_not_found');
  return one;
}
