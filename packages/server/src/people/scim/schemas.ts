import scimmy from 'scimmy';
import { isRecord, type JsonRecord, readMember } from './json.ts';
import { refuseScim } from './scim-error.ts';

const { Attribute, SchemaDefinition, Error: ScimmyError } = scimmy.Types;

export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** Ours while the draft of an Agent resource (draft-wzdk-scim-agent-resource) is no standard; its attribute names. */
export const ownAgentUrn = 'urn:ietf:params:scim:schemas:extension:countersign:2.0:Agent';
export const draftAgentUrn = 'urn:ietf:params:scim:schemas:core:2.0:Agent';

type Definition = InstanceType<typeof SchemaDefinition>;

/** Definitions of our own, so that no state of the library is shared: what it exports is one for the whole process. */
const user = copyDefinition(scimmy.Schemas.User.definition);
const enterprise = copyDefinition(scimmy.Schemas.EnterpriseUser.definition);
const group = copyDefinition(scimmy.Schemas.Group.definition);

function defineAgent(urn: string): Definition {
  const reference = [
    new Attribute('string', 'value', { required: true, description: 'Id of the User.' }),
    new Attribute('string', 'display', { direction: 'out', description: 'Name of the User.' }),
    new Attribute('reference', '$ref', {
      direction: 'out',
      referenceTypes: ['User'],
      description: 'Address of the User.',
    }),
  ];
  return new SchemaDefinition('Agent', urn, 'An agent: a software identity with an accountable owner', [
    new Attribute('string', 'name', {
      required: true,
      uniqueness: 'server',
      description: 'Unique name: lower-case words joined by hyphens.',
    }),
    new Attribute('string', 'displayName', { description: 'What the agent is for.' }),
    new Attribute('string', 'agentType', { direction: 'out', description: 'The environment it works in.' }),
    new Attribute('boolean', 'active', { description: 'False suspends the agent.' }),
    new Attribute(
      'complex',
      'owners',
      { multiValued: true, description: 'The one accountable person.' },
      reference,
    ),
  ]);
}

/** Types are suggestions in the standard, and a leaver must not stay because a phone is of an unknown type. */
function copyDefinition(of: Definition): Definition {
  const attributes = of.attributes.flatMap((one) => (one instanceof Attribute ? [copyAttribute(one)] : []));
  return new SchemaDefinition(of.name, of.id, of.description, attributes);
}

type AnyAttribute = InstanceType<typeof Attribute>;

function copyAttribute({ type, name, config, subAttributes }: AnyAttribute): AnyAttribute {
  return new Attribute(
    type,
    name,
    { ...config, canonicalValues: false },
    (subAttributes ?? []).map(copyAttribute),
  );
}

export type AgentUrn = typeof ownAgentUrn | typeof draftAgentUrn;
const agents: Readonly<Record<AgentUrn, Definition>> = {
  [ownAgentUrn]: defineAgent(ownAgentUrn),
  [draftAgentUrn]: defineAgent(draftAgentUrn),
};

/** Every definition as `/Schemas` shows it. */
export function listSchemas(agentUrn: AgentUrn, location: string): readonly JsonRecord[] {
  return [user, enterprise, group, agents[agentUrn]].map(
    (definition) => JSON.parse(JSON.stringify(definition.describe(location))) as JsonRecord,
  );
}

/** What a directory may say of a user; unknown and read-only attributes are left out. Throws `person.scim_invalid`. */
export function readUser(body: JsonRecord): JsonRecord {
  requireSchema(body, userUrn);
  const extension = readMember(body, enterpriseUrn);
  const core = coerce(user, body);
  if (!isRecord(extension)) return core;
  return { ...core, [enterpriseUrn]: coerce(enterprise, wrapManager(extension)) };
}

export function readGroup(body: JsonRecord): JsonRecord {
  requireSchema(body, groupUrn);
  return coerce(group, body);
}

export function readAgent(body: JsonRecord, urn: AgentUrn): JsonRecord {
  requireSchema(body, urn);
  return coerce(agents[urn], body);
}

const resourceUrns = [userUrn, groupUrn, ownAgentUrn, draftAgentUrn];

/** Some directories leave schemas out; none may send one resource in the place of another. */
function requireSchema(body: JsonRecord, urn: string): void {
  const schemas = readMember(body, 'schemas');
  if (schemas === undefined) return;
  if (!Array.isArray(schemas)) throw refuseScim('invalidSyntax', 'schemas: a list');
  const cores = resourceUrns.filter((one) => schemas.includes(one));
  if (cores.length > 0 && !cores.some((one) => one === urn))
    throw refuseScim('invalidSyntax', 'schemas: of another resource');
}

function coerce(definition: Definition, body: JsonRecord): JsonRecord {
  const { schemas, meta, id, ...rest } = Object.fromEntries(
    Object.entries(tidy(body) as JsonRecord).map(([key, value]) => [
      key.toLowerCase() === 'schemas' ? 'schemas' : key,
      value,
    ]),
  );
  try {
    const coerced = JSON.parse(JSON.stringify(definition.coerce(rest, 'in'))) as JsonRecord;
    const {
      schemas: _schemas,
      meta: _meta,
      id: _id,
      password: _password,
      groups: _groups,
      ...kept
    } = coerced;
    return kept;
  } catch (thrown) {
    if (thrown instanceof ScimmyError || thrown instanceof TypeError)
      throw refuseScim('invalidValue', thrown.message.slice(0, 200));
    throw thrown;
  }
}

/** Nulls and empty values say nothing (RFC 7643 §2.5); Entra writes booleans as texts. */
function tidy(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => tidy(one)).filter((one) => one !== null);
  if (isRecord(value)) {
    const kept = Object.entries(value)
      .map(([key, one]) => [key, tidy(one, key)] as const)
      .filter(([, one]) => one !== null && one !== undefined);
    return Object.fromEntries(kept);
  }
  if (typeof value === 'string' && /^(?:active|primary)$/i.test(name) && /^(?:true|false)$/i.test(value))
    return value.toLowerCase() === 'true';
  return value;
}

/** Entra sends the manager's id alone. */
function wrapManager(extension: JsonRecord): JsonRecord {
  return Object.fromEntries(
    Object.entries(extension).map(([key, value]) =>
      key.toLowerCase() === 'manager' && typeof value === 'string' ? [key, { value }] : [key, value],
    ),
  );
}
