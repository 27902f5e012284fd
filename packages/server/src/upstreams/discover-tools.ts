import { AppError } from '@countersign/api';
import { canonicalTool, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { sha256 } from '../platform/sha256.ts';
import { createSchemaCompiler } from './compile-schema.ts';
import { type ArmedInjection, UpstreamChallenge } from './credentials/minted.ts';
import { lied, metaKeys, modernRevision } from './json-rpc.ts';
import type { UpstreamConnection, UpstreamReply } from './live-upstream.ts';
import { findParameterHeaders } from './parameter-headers.ts';

/** A tool as the upstream offers it now. */
export interface OfferedTool {
  readonly name: string;
  readonly definition: JsonObject & { readonly name: string };
  /** SHA-256, base64url, of the canonical definition at this upstream. */
  readonly digest: string;
  /** Why it cannot be used; null when it can. */
  readonly problem: string | null;
}

export interface Discovery {
  readonly tools: readonly OfferedTool[];
  /** Tools whose name or size nothing here could handle. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

export interface Probe {
  readonly upstream: string;
  readonly connection: UpstreamConnection;
  readonly injection: ArmedInjection;
}

const requestMilliseconds = 30_000;
const pageBytes = 4 * 1024 * 1024;
const allBytes = 8 * 1024 * 1024;
const definitionBytes = 64 * 1024;
const mostPages = 100;
const mostTools = 2_000;
// Spaces and slashes would change what an action pattern means; other characters could pass for these.
const toolName = /^[A-Za-z0-9_.-]{1,128}$/;

/** Asks an upstream, hostile until proven otherwise, for all its tools. Throws `upstream.*`. */
export async function discoverTools(probe: Probe): Promise<Discovery> {
  const discovered = await ask(probe, 'server/discover', {});
  const versions = discovered.supportedVersions;
  if (!Array.isArray(versions) || !versions.includes(modernRevision)) {
    throw new AppError('upstream.failed', { detail: `it does not speak revision ${modernRevision}` });
  }
  const { capabilities } = discovered;
  if (!isJsonObject(capabilities)) throw lied('it states no capabilities');
  if (capabilities.tools === undefined) return { tools: [], refused: [] };
  return sortOut(probe.upstream, await listAll(probe));
}

/** Whether the upstream can tell when its tools change. */
export async function canNotify(probe: Probe): Promise<boolean> {
  const { capabilities } = await ask(probe, 'server/discover', {});
  const tools = isJsonObject(capabilities) ? capabilities.tools : undefined;
  return isJsonObject(tools) && tools.listChanged === true;
}

/** `_meta` of the requests that the server makes for itself. */
export const ownMeta: JsonObject = {
  [metaKeys.protocolVersion]: modernRevision,
  [metaKeys.clientCapabilities]: {},
  [metaKeys.clientInfo]: { name: 'countersign', version: '1' },
};

async function ask(probe: Probe, method: string, params: JsonObject): Promise<JsonObject> {
  const message = { jsonrpc: '2.0', id: 'countersign', method, params: { ...params, _meta: ownMeta } };
  const { response } = await sendProbe(probe, message).catch(async (thrown: unknown) => {
    const renewed = await renewProbe(probe, thrown);
    return sendProbe(renewed, message);
  });
  if (!isJsonObject(response?.result))
    throw new AppError('upstream.failed', { detail: `it refused ${method}` });
  return response.result;
}

function sendProbe({ connection, injection }: Probe, message: JsonObject): Promise<UpstreamReply> {
  return connection.send({
    message,
    headers: injection.headers,
    query: injection.query,
    environment: injection.environment,
    secretKey: injection.secretKey,
    principal: 'countersign',
    signal: new AbortController().signal,
    timeoutMilliseconds: requestMilliseconds,
    maxBytes: pageBytes,
    onMessage: () => {},
  });
}

/** With another credential, once, after the upstream refused the one it got. */
async function renewProbe(probe: Probe, thrown: unknown): Promise<Probe> {
  if (!(thrown instanceof AppError) || thrown.code !== 'upstream.credential_refused') throw thrown;
  const challenge = thrown.cause instanceof UpstreamChallenge ? thrown.cause : undefined;
  const injection = await probe.injection.renew(challenge);
  if (injection === null) throw thrown;
  return { ...probe, injection };
}

async function listAll(probe: Probe): Promise<JsonValue[]> {
  const tools: JsonValue[] = [];
  let bytes = 0;
  let cursor: JsonValue | undefined;
  for (let page = 0; page < mostPages; page++) {
    const result = await ask(probe, 'tools/list', cursor === undefined ? {} : { cursor });
    if (!Array.isArray(result.tools)) throw lied('tools/list without tools');
    bytes += Buffer.byteLength(JSON.stringify(result.tools));
    tools.push(...result.tools);
    if (tools.length > mostTools || bytes > allBytes) break;
    cursor = result.nextCursor;
    if (cursor === undefined || cursor === null) return tools;
    if (typeof cursor !== 'string') throw lied('a cursor that is no text');
  }
  throw new AppError('upstream.result_too_large', { detail: 'it offers too many tools' });
}

export function sortOut(upstream: string, listed: readonly JsonValue[]): Discovery {
  const compile = createSchemaCompiler();
  const tools = new Map<string, OfferedTool>();
  const refused: { name: string; reason: string }[] = [];
  for (const definition of listed) {
    if (!isJsonObject(definition) || !isNamed(definition)) throw lied('a tool without a name');
    const { name } = definition;
    if (tools.has(name)) throw lied('two tools of one name');
    const canonical = canonicalTool(upstream, definition);
    if (!toolName.test(name))
      refused.push({ name: name.slice(0, 128), reason: 'the name is not acceptable' });
    else if (canonical.length > definitionBytes)
      refused.push({ name, reason: 'the definition is too large' });
    else
      tools.set(name, {
        name,
        definition,
        digest: sha256(canonical),
        problem: findProblem(definition, compile),
      });
  }
  return { tools: [...tools.values()], refused };
}

function isNamed(definition: JsonObject): definition is JsonObject & { readonly name: string } {
  return typeof definition.name === 'string';
}

/** Why calls of the tool could not be checked or sent, or null. */
export function findProblem(
  definition: JsonObject,
  compile: ReturnType<typeof createSchemaCompiler>,
): string | null {
  if (findParameterHeaders(definition.inputSchema) === undefined)
    return 'an x-mcp-header annotation breaks the rules';
  try {
    compile(definition.inputSchema);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'the input schema is not usable';
  }
}
