import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { peerResource } from '../../tokens/index.ts';
import { messageTool, readPeerPlace } from '../../upstreams/index.ts';

/** Peer agents as this gateway offers them to one caller: the skills it may use, reached through here. */
export function describeCard(issuer: string, upstream: string, tools: readonly JsonValue[]): JsonObject {
  const known = tools.filter(isJsonObject);
  const whole = known.find(({ name }) => name === messageTool);
  const skills = known.flatMap((tool) => describeSkill(tool));
  return {
    name: readText(whole?.title, upstream),
    description: readText(whole?.description, 'A peer agent behind the gateway.'),
    version: '1',
    supportedInterfaces: describeInterfaces(peerResource(issuer, upstream)),
    capabilities: { streaming: true, pushNotifications: false },
    ...describeAuthorization(issuer),
    defaultInputModes: ['text/plain', 'application/json'],
    defaultOutputModes: ['text/plain', 'application/json'],
    skills,
  };
}

/** The first is the one that is preferred. */
function describeInterfaces(url: string): JsonObject[] {
  return ['JSONRPC', 'HTTP+JSON'].map((protocolBinding) => ({
    url,
    protocolBinding,
    protocolVersion: '1.0',
  }));
}

/** How a caller shows who it is. */
export function describeAuthorization(issuer: string): JsonObject {
  const openIdConnectSecurityScheme = {
    openIdConnectUrl: `${issuer}/.well-known/openid-configuration`,
    description: 'An access token for this agent, bound to the key of the caller (RFC 9449).',
  };
  return {
    securitySchemes: { countersign: { openIdConnectSecurityScheme } },
    securityRequirements: [{ schemes: { countersign: {} } }],
  };
}

function describeSkill(tool: JsonObject): JsonObject[] {
  const skill = readPeerPlace(tool)?.skill;
  if (skill === undefined || skill === null) return [];
  const description = readText(tool.description, skill);
  return [{ id: skill, name: readText(tool.title, skill), description, tags: ['governed'] }];
}

function readText(value: JsonValue | undefined, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
